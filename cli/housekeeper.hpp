#pragma once

#include <functional>
#include <memory>

#include "cli/config_file.hpp"
#include "fcgi/shared_segment.hpp"

namespace postern::cli {

/// The housekeeper process: shows a sign of life in shared.housekeeper_ms several times a second,
/// and beside it, in a thread of its own, deletes once a minute what is past its end. A database
/// that is away or slow holds up the deleting, never the sign of life. Returns within a second of
/// `stop_requested`, plus what a statement under way takes.
void keep_house(const std::shared_ptr<const LoadedConfig>& loaded, fcgi::SharedSegment& shared,
                const std::function<bool()>& stop_requested);

}  // namespace postern::cli
