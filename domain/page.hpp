#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace postern::domain {

/// Which part of a list. `after` is the opaque cursor a former page gave; a cursor that we did not
/// make is InvalidInput. Every list has a limit (rule R9).
struct PageRequest {
  std::uint32_t limit = 50;  ///< 1-100
  std::optional<std::string> after;
};

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next_cursor;  ///< absent at the end
};

}  // namespace postern::domain
