#include "cli/config_key_table.hpp"

namespace postern::cli {
namespace {

/// Its clients hold an access token and nothing else, so that a session ends with its token.
void set_lifetime(Config& config, std::chrono::seconds lifetime) {
  auto& session =
      config.domain.sessions.at(static_cast<std::size_t>(domain::SessionKind::OpenSkip) - 1);
  session.access_lifetime = lifetime;
  session.idle_lifetime = lifetime;
  session.absolute_lifetime = lifetime;
}

}  // namespace

void add_openskip_keys(KeyTable& t) {
  t.boolean("openskip.enabled", true,
            [](Config& c, const Value& v) { c.handlers.openskip.enabled = flag(v); });
  t.number("openskip.sign_ins_per_minute", 10, 0, 1000,
           [](Config& c, const Value& v) { c.handlers.openskip.sign_ins_per_minute = count(v); });
  t.number("session.openskip.access_seconds", 86400, 1, 2592000,
           [](Config& c, const Value& v) { set_lifetime(c, std::chrono::seconds(integer(v))); });
}

}  // namespace postern::cli
