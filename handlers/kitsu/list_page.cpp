#include "handlers/kitsu/list_page.hpp"

#include <algorithm>

#include "handlers/object_text.hpp"

namespace postern::handlers::kitsu {
namespace {

constexpr std::int64_t kMostPerPage = 1000;
constexpr std::int64_t kLastPage = 1'000'000;

}  // namespace

ListPage read_page(Reader& query) {
  ListPage page;
  page.number = std::clamp<std::int64_t>(query.number("page").value_or(0), 0, kLastPage);
  const auto limit = query.number("limit").value_or(0);
  if (limit > 0) page.limit = std::min(limit, kMostPerPage);
  return page;
}

Response list_answer(const ListPage& page, const std::vector<std::string>& items,
                     std::int64_t total) {
  const auto list = raw_list(items);
  if (page.whole()) return Response(200, "application/json", list);
  return Response(200, "application/json",
                  ObjectText()
                      .raw("data", list)
                      .number("total", total)
                      .number("nb_pages", (total + page.limit - 1) / page.limit)
                      .number("limit", page.limit)
                      .number("offset", page.offset())
                      .number("page", page.number)
                      .finish());
}

}  // namespace postern::handlers::kitsu
