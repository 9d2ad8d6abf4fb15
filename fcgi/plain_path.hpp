#pragma once

#include <optional>
#include <string_view>

namespace postern::fcgi {

/// The path of a target that parse_uri() (fcgi/uri.hpp) would accept and whose path it would hand
/// on as it stands; without allocating, in one pass. The answer is a view into `target`.
///
/// None says nothing but "ask parse_uri()". It is the answer whenever the two could differ: a
/// target that is not absolute or longer than 8192 bytes; control characters, space, '\', '#' and
/// bytes outside ASCII anywhere; and in the path '%', ';', an empty segment before the last one,
/// and a segment that starts with '.'. The query is checked and left to parse_uri(), which hands it
/// on undecoded: '%', ';' and slashes in it change nothing.
[[nodiscard]] std::optional<std::string_view> plain_path(std::string_view target);

}  // namespace postern::fcgi
