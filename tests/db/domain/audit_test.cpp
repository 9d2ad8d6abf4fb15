#include "domain/audit.hpp"

#include <gtest/gtest.h>

#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

class Audit : public ::testing::Test {
 protected:
  void note(AuditEvent event, std::optional<AccountId> account = std::nullopt,
            std::string detail = {}) {
    world_.clock.advance(seconds(1));
    AuditEntry entry;
    entry.event = event;
    entry.account = account;
    entry.detail = std::move(detail);
    record(world_.database, world_.services, entry, world_.origin);
  }
  Page<AuditRecord> list(const AuditFilter& filter = {}, const PageRequest& page = {}) {
    return list_audit(world_.services, filter, page).value();
  }

  test::DomainWorld world_;
};

TEST_F(Audit, KeepsWhatHappened) {
  const AccountId actor = AccountId::make(world_.clock.now(), world_.random);
  const AccountId account = AccountId::make(world_.clock.now(), world_.random);
  AuditEntry entry;
  entry.event = AuditEvent::KeyRevoked;
  entry.account = account;
  entry.actor = actor;
  entry.subject = "key-1";
  entry.detail = "replaced";
  record(world_.database, world_.services, entry, world_.origin);
  const auto found = list().items.at(0);
  EXPECT_EQ(found.at, world_.clock.now());
  EXPECT_EQ(found.event, "key_revoked");
  EXPECT_EQ(found.account, account);
  EXPECT_EQ(found.actor, actor);
  EXPECT_EQ(found.subject, "key-1");
  EXPECT_EQ(found.detail, "replaced");
  EXPECT_EQ(found.address, world_.origin.address);
  EXPECT_EQ(found.request_id, world_.origin.request_id);
}

TEST_F(Audit, GoesWithItsTransaction) {
  (void)world_.database.transaction([&](Transaction& tx) -> Outcome {
    record(tx, world_.services, {}, world_.origin);
    return Errc::NotFound;
  });
  EXPECT_TRUE(list().items.empty());
}

TEST_F(Audit, CutsAndCleansWhateverAVisitorSent) {
  world_.origin.address = std::string(100, '9');
  world_.origin.request_id = "line\nbreak\x1B[31m" + std::string(100, 'r');
  note(AuditEvent::LoginFailed, std::nullopt,
       std::string("\0\xFF'; --", 7) + std::string(500, 'd'));
  const auto found = list().items.at(0);
  EXPECT_EQ(found.address.size(), 64U);
  EXPECT_EQ(found.request_id.substr(0, 16), "line?break?[31mr");
  EXPECT_EQ(found.request_id.size(), 64U);
  EXPECT_EQ(found.detail.substr(0, 8), "?\?'; --d");
  EXPECT_EQ(found.detail.size(), 200U);
}

TEST_F(Audit, ListsNewestFirstInPages) {
  for (int i = 0; i < 5; ++i) note(AuditEvent::LoginFailed, std::nullopt, std::to_string(i));
  std::string seen;
  PageRequest page{2, std::nullopt};
  do {
    const auto answer = list({}, page);
    for (const auto& found : answer.items) seen += found.detail;
    page.after = answer.next_cursor;
  } while (page.after);
  EXPECT_EQ(seen, "43210");
}

TEST_F(Audit, FiltersByAccountAndEvent) {
  const AccountId ann = AccountId::make(world_.clock.now(), world_.random);
  note(AuditEvent::LoginFailed, ann, "1");
  note(AuditEvent::LoginSucceeded, ann, "2");
  note(AuditEvent::LoginSucceeded, std::nullopt, "3");
  EXPECT_EQ(list({ann, std::nullopt}).items.size(), 2U);
  EXPECT_EQ(list({std::nullopt, "login_succeeded"}).items.size(), 2U);
  EXPECT_EQ(list({ann, "login_succeeded"}).items.at(0).detail, "2");
}

TEST_F(Audit, R9RefusesForeignCursorsLimitsAndEvents) {
  const auto field = [&](const AuditFilter& filter, const PageRequest& page) {
    return list_audit(world_.services, filter, page).error().field;
  };
  EXPECT_EQ(field({}, {0, std::nullopt}), "limit");
  EXPECT_EQ(field({}, {101, std::nullopt}), "limit");
  EXPECT_EQ(field({}, {50, "'; --"}), "cursor");
  EXPECT_EQ(field({std::nullopt, "no_such_event"}, {}), "event");
  EXPECT_EQ(field({std::nullopt, std::string("a\0b", 3)}, {}), "event");
}

}  // namespace
}  // namespace postern::domain
