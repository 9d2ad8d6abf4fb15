#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/result.hpp"
#include "domain/uuid.hpp"

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

/// A cursor is base64url of the last row's sort key and nothing more: it says where to go on, it
/// grants nothing, and it reaches a statement as a parameter only (CVE-2026-33504).
[[nodiscard]] std::string make_cursor(const Uuid& last);
[[nodiscard]] std::string make_cursor(std::int64_t last);

/// The sort key to go on after, none for the first page. InvalidInput with field `limit` for a
/// limit outside 1-100, with field `cursor` for what the matching make_cursor cannot have made.
[[nodiscard]] Result<std::optional<Uuid>> page_after_uuid(const PageRequest& page);
[[nodiscard]] Result<std::optional<std::int64_t>> page_after_number(const PageRequest& page);

/// A page out of up to `limit` + 1 items: the one too many, where there is one, says that the list
/// goes on. `key` names an item's sort key.
template <class T, class Key>
[[nodiscard]] Page<T> make_page(std::vector<T> items, const PageRequest& page, Key key) {
  Page<T> result;
  if (items.size() > page.limit) {
    items.erase(items.begin() + page.limit, items.end());
    result.next_cursor = make_cursor(key(items.back()));
  }
  result.items = std::move(items);
  return result;
}

}  // namespace postern::domain
