#pragma once

#include <string>
#include <string_view>

namespace postern::bench {

/// What nginx sends the gate with the shipped configuration, for a browser's GET of `target`: all
/// records, from BEGIN_REQUEST to the end of STDIN. No `authorization`: the header is not sent.
[[nodiscard]] std::string gate_request(std::string_view target, std::string_view authorization);

}  // namespace postern::bench
