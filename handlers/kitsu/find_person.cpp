#include "handlers/kitsu/find_person.hpp"

namespace postern::handlers::kitsu {

domain::Result<domain::Account> find_person(const Call& call, Services& services) {
  const auto id = domain::AccountId::parse(call.path.at("id"));
  if (!id) return domain::Errc::NotFound;
  return domain::find_account(services.domain, *id);
}

}  // namespace postern::handlers::kitsu
