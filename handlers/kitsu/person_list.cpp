#include "handlers/kitsu/person_list.hpp"

#include <functional>
#include <map>

#include "domain/account.hpp"
#include "handlers/json_body.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/person_filter.hpp"
#include "handlers/kitsu/person_object.hpp"

namespace postern::handlers::kitsu {
namespace {

using domain::Account;

constexpr std::uint32_t kAtOnce = 100;
constexpr int kMostTimes = 100;

using Visit = std::function<void(const Account&, const Profile&)>;

void visit_all(Services& services, const std::vector<Account>& accounts, const Visit& visit) {
  std::vector<domain::AccountId> ids;
  for (const auto& account : accounts) ids.push_back(account.id);
  const auto profiles = domain::read_profiles(services.domain, ids, kDialect);
  for (const auto& account : accounts) {
    const auto stored = profiles.find(account.id.text());
    visit(account, parse_profile(stored == profiles.end() ? "" : stored->second));
  }
}

/// Oldest first, in pages of the domain: few at once are held.
domain::Outcome visit_everybody(Services& services, const Visit& visit) {
  domain::PageRequest page{kAtOnce, std::nullopt};
  for (int i = 0; i < kMostTimes; ++i) {
    const auto accounts = domain::list_accounts(services.domain, {}, page);
    if (!accounts) return accounts.error();
    visit_all(services, accounts->items, visit);
    if (!accounts->next_cursor) break;
    page.after = accounts->next_cursor;
  }
  return domain::done;
}

/// The one whom a filter names, if one does: he needs no search.
std::optional<domain::Result<Account>> named(Services& services, const PersonQuery& query) {
  const auto& filters = query.filters;
  if (const auto id = filters.find("id"); id != filters.end()) {
    const auto parsed = domain::AccountId::parse(id->second);
    if (!parsed) return domain::Result<Account>(domain::Errc::NotFound);
    return domain::find_account(services.domain, *parsed);
  }
  for (const auto* name : {"email", "desktop_login"}) {
    const auto login = filters.find(name);
    if (login != filters.end() && !login->second.empty())
      return domain::find_account_by_login(services.domain, login->second);
  }
  return std::nullopt;
}

domain::Outcome visit_candidates(Services& services, const PersonQuery& query, const Visit& visit) {
  const auto one = named(services, query);
  if (!one) return visit_everybody(services, visit);
  if (*one) visit_all(services, {one->value()}, visit);
  return domain::done;
}

/// Those who match, of whom only the page asked for is kept.
struct Found {
  std::vector<std::string> persons;
  std::int64_t total = 0;
};

bool is_on(const ListPage& page, std::int64_t place) {
  return page.whole() || (place >= page.offset() && place < page.offset() + page.limit);
}

domain::Result<Found> find(Services& services, const PersonQuery& query, bool for_admin) {
  Found found;
  const auto visited =
      visit_candidates(services, query, [&](const Account& account, const Profile& profile) {
        const auto whole = person_object(account, profile, services.settings.kitsu);
        if (!matches(query, whole)) return;
        const auto place = found.total++;
        if (!is_on(query.page, place)) return;
        found.persons.push_back(
            write_json(for_admin ? whole : minimal_person_object(account, profile)));
      });
  if (!visited) return visited.error();
  return found;
}

}  // namespace

domain::Result<std::vector<std::string>> all_persons(Services& services, bool for_admin) {
  auto found = find(services, {}, for_admin);
  if (!found) return found.error();
  return std::move(found->persons);
}

Response list_persons(const Call& call, Services& services) {
  const bool for_admin = call.principal->may("admin");
  const auto read = read_person_query(call.request, for_admin);
  if (read.refusal) return *read.refusal;
  const auto found = find(services, read.query, for_admin);
  if (!found) return refusal(found.error());
  return list_answer(read.query.page, found->persons, found->total);
}

}  // namespace postern::handlers::kitsu
