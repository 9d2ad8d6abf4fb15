#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "handlers/kitsu/reader.hpp"

namespace postern::handlers::kitsu {

/// Which part of a list a query asks for, by `page` and `limit`.
struct ListPage {
  std::int64_t number = 0;  ///< from 1; 0: all of it, as a bare array
  std::int64_t limit = 100;

  [[nodiscard]] bool whole() const { return number == 0; }
  [[nodiscard]] std::int64_t offset() const { return whole() ? 0 : (number - 1) * limit; }
};
/// At most 1000 a page.
[[nodiscard]] ListPage read_page(Reader& query);

/// 200: `{"data":[…],"total":…,"nb_pages":…,"limit":…,"offset":…,"page":…}`, or the items alone
/// where the whole was asked for. `items`: those of the page, each JSON; `total`: how many there
/// are in all.
[[nodiscard]] Response list_answer(const ListPage& page, const std::vector<std::string>& items,
                                   std::int64_t total);

}  // namespace postern::handlers::kitsu
