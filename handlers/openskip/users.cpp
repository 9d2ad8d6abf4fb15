#include <algorithm>
#include <array>

#include "domain/account.hpp"
#include "fcgi/uri.hpp"
#include "handlers/openskip/handlers.hpp"
#include "handlers/openskip/objects.hpp"
#include "handlers/openskip/reader.hpp"

namespace postern::handlers::openskip {
namespace {

using domain::AccountStatus;

/// A list ends after ten thousand (rule R9).
constexpr int kMostPages = 100;
constexpr std::uint32_t kPageSize = 100;
constexpr std::array<std::string_view, 3> kStatusWords{"pending", "active", "disabled"};
constexpr std::array<AccountStatus, 3> kStatuses{AccountStatus::Pending, AccountStatus::Active,
                                                 AccountStatus::Disabled};

/// Of the query's `status`; the last one where it is repeated, as in FastAPI.
struct WantedStatus {
  std::optional<AccountStatus> status;
  bool unknown = false;
};
WantedStatus wanted_status(const Request& request) {
  const auto query = fcgi::parse_form(request.uri->query);
  WantedStatus wanted;
  wanted.unknown = !query;
  if (!query) return wanted;
  for (const auto& [name, value] : *query) {
    if (name != "status") continue;
    const auto* const word = std::find(kStatusWords.begin(), kStatusWords.end(), value);
    wanted.unknown = word == kStatusWords.end();
    if (!wanted.unknown) {
      wanted.status = kStatuses.at(static_cast<std::size_t>(word - kStatusWords.begin()));
    }
  }
  return wanted;
}

}  // namespace

Response list_users(const Call& call, Services& services) {
  const auto wanted = wanted_status(call.request);
  if (wanted.unknown) return unprocessable({word_fault("query", "status", kStatusWords)});
  std::vector<std::string> objects;
  domain::PageRequest page{kPageSize, std::nullopt};
  for (int i = 0; i < kMostPages; ++i) {
    const auto users = domain::list_accounts(services.domain, {.status = wanted.status}, page);
    if (!users) return refusal(users.error());
    for (const auto& user : users->items) objects.push_back(user_object(user));
    if (!users->next_cursor) break;
    page.after = users->next_cursor;
  }
  return ok_items(objects, static_cast<std::int64_t>(objects.size()));
}

Response approve_user(const Call& call, Services& services) {
  const auto number = path_number(call, "user_id");
  if (!number) return number_refusal("user_id");
  const auto user = domain::find_account_by_number(services.domain, *number);
  if (!user) {
    return user.error().code == domain::Errc::NotFound ? detail(404, "User not found")
                                                       : refusal(user.error());
  }
  domain::AccountChange change;
  change.is_approved = true;
  const auto approved = domain::update_account(services.domain, user->id, change,
                                               call.principal->account.id, call.origin());
  if (!approved) return refusal(approved.error());
  return ok(user_object(*approved));
}

}  // namespace postern::handlers::openskip
