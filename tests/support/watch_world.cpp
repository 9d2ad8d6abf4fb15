#include "tests/support/watch_world.hpp"

#include <cstring>

#include "domain/announcement.hpp"

namespace postern::test {
namespace {

using std::chrono::milliseconds;

class UptimeOf final : public domain::Clock {
 public:
  explicit UptimeOf(milliseconds uptime) : uptime_(uptime) {}
  [[nodiscard]] domain::Instant now() const override { return {}; }
  [[nodiscard]] milliseconds uptime() const override { return uptime_; }

 private:
  milliseconds uptime_;
};

domain::CredentialCache::Fingerprint print_of(const domain::Uuid& credential) {
  domain::CredentialCache::Fingerprint print{};
  std::memcpy(print.data(), credential.bytes.data() + 8, 8);
  std::memcpy(print.data() + 1, credential.bytes.data(), 8);
  return print;
}

}  // namespace

void WatchedMachine::watch(const std::string& url, const domain::CacheSettings& settings) {
  watch_ = domain::make_revocation_watch({url}, settings, clock, random, cache);
}

void WatchedMachine::run(milliseconds wait) {
  const auto report = watch_->run_once(wait);
  applied += report.applied;
  if (report.lost) lost.push_back(*report.lost);
  if (report.missed) missed.push_back(*report.missed);
  regained += report.regained ? 1 : 0;
}

bool WatchedMachine::run_until(const std::function<bool()>& wanted) {
  const auto end = clock.uptime() + std::chrono::minutes(1);
  while (!wanted()) {
    if (clock.uptime() > end) return false;
    run();
  }
  return true;
}

bool WatchedMachine::settle() {
  cache.trust_until(milliseconds(0));
  return run_until([this] { return trusted(); });
}

void WatchedMachine::remember(const domain::AccountId& account, const domain::Uuid& credential) {
  domain::CachedCheck check;
  (void)check.identity.assign(CacheWorld::fields("somebody"));
  cache.store(print_of(credential), cache.stamp(), clock,
              {clock.now() + std::chrono::seconds(60), account, credential, {}, {}}, check);
}

bool WatchedMachine::believes(const domain::Uuid& credential) const {
  domain::CachedCheck check;
  return cache.find(print_of(credential), clock, check);
}

bool WatchedMachine::trusted_in(milliseconds from_now) const {
  return cache.trusted(UptimeOf(clock.uptime() + from_now));
}

WatchWorld::WatchWorld() {
  watching.stale_limit = std::chrono::seconds(10);
  watching.poll_interval = milliseconds(20);
}

void WatchWorld::terminate(const std::string& application_name) {
  constexpr domain::Statement kTerminate{"terminate_application", R"sql(
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where application_name = $1 and datname = $2)sql"};
  const auto name = database_server.sql("select current_database()");
  domain::Database admin({test_server_url("postgres", "postgres")});
  admin.run(kTerminate, {application_name, name});
}

std::int64_t WatchWorld::number() {
  return std::stoll(database_server.sql("select n from postern.revocation_clock"));
}

void WatchWorld::revoke(const domain::RevokedSubject& subject) {
  (void)database.transaction([&](domain::Transaction& tx) -> domain::Outcome {
    domain::Announcement::of(tx, services).note(subject);
    return domain::done;
  });
}

}  // namespace postern::test
