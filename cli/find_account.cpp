#include "cli/find_account.hpp"

#include "cli/output.hpp"
#include "cli/refusal.hpp"

namespace postern::cli {

domain::Account find_meant_account(domain::Services& services, const std::string& who) {
  const auto id = domain::AccountId::parse(who);
  auto found =
      id ? domain::find_account(services, *id) : domain::find_account_by_login(services, who);
  if (found.ok()) return std::move(found).value();
  if (found.error().code == domain::Errc::NotFound) {
    throw CommandError(kRefused, "there is no account '" + printable(who) + "'");
  }
  throw refusal("account '" + printable(who) + "'", found.error());
}

}  // namespace postern::cli
