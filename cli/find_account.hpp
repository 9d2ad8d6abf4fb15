#pragma once

#include <string>

#include "domain/account.hpp"

namespace postern::cli {

/// The account that somebody means by its id, username or e-mail address. CommandError (kRefused)
/// when there is none.
[[nodiscard]] domain::Account find_meant_account(domain::Services& services,
                                                 const std::string& who);

/// Calls `take` with each item of every page of a list, `fetch` being asked for one page after the
/// other.
template <class Fetch, class Take>
void for_each_item(Fetch fetch, Take take) {
  domain::PageRequest request;
  request.limit = 100;
  do {
    auto page = fetch(request);
    for (const auto& item : page.items) take(item);
    request.after = std::move(page.next_cursor);
  } while (request.after);
}

}  // namespace postern::cli
