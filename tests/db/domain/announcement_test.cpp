#include "domain/announcement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "domain/credential_cache.hpp"
#include "domain/fingerprint.hpp"
#include "domain/notification_channel.hpp"
#include "domain/password_change.hpp"
#include "domain/revocation.hpp"
#include "domain/revocation_message.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/watch_world.hpp"

namespace postern::domain {
namespace {

using std::chrono::milliseconds;
using test::AnotherWorker;
using test::CacheWorld;
using test::WatchWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr Statement kListen{"test_listen", R"sql(listen postern_revocation)sql"};
constexpr Statement kMyBackend{"test_backend", R"sql(select pg_backend_pid())sql"};
constexpr Statement kTerminate{"test_terminate", R"sql(select pg_terminate_backend($1, 5000))sql"};

/// A machine that revokes, and another that hears of it.
class AnnouncementTest : public ::testing::Test {
 protected:
  AnnouncementTest() {
    world.services.memory = &check_memory;
    channel.ask(kListen, {}, clock, seconds(5));
  }

  /// What was notified since the last call, without the word before the number.
  std::vector<std::string> heard(milliseconds wait = milliseconds(0)) {
    channel.receive(wait);
    std::vector<std::string> payloads;
    while (const auto notification = channel.take_notification())
      payloads.push_back(notification->payload);
    return payloads;
  }
  /// The subjects of the one transaction that was heard of since the last call.
  std::string announced() {
    const auto payloads = heard(milliseconds(1000));
    if (payloads.size() != 1) return std::to_string(payloads.size()) + " notifications";
    const auto number = std::to_string(world.number());
    EXPECT_THAT(payloads[0], StartsWith("revoked " + number + " "));
    const auto journal =
        world.database_server.sql("select subjects from postern.revocation where n = " + number);
    EXPECT_EQ(payloads[0], "revoked " + number + " " + journal);
    return journal;
  }
  static std::string text(const AccountId& id) { return "a" + id.text(); }
  template <class Tag>
  static std::string text(const Id<Tag>& id) {
    return "c" + id.text();
  }

  WatchWorld world;
  SystemClock clock;
  CacheWorld memory;
  Fingerprinter fingerprints{world.ring, world.settings};
  CheckMemory check_memory{memory.cache, fingerprints};
  NotificationChannel channel{Database::Options{world.database_server.url()}};
};

TEST_F(AnnouncementTest, R6TheNewsComeWithTheCommitAndNotBefore) {
  const auto account = CacheWorld::account(1);
  memory.store(1, "alice");
  EXPECT_TRUE(world.database.transaction([&](Transaction& tx) -> Outcome {
    account_changed(tx, world.services, account);
    EXPECT_THAT(heard(milliseconds(100)), IsEmpty());
    EXPECT_EQ(memory.found(1), "alice");
    EXPECT_EQ(world.number(), 0);
    return done;
  }));
  EXPECT_EQ(memory.found(1), "") << "before anybody is answered";
  EXPECT_EQ(announced(), text(account));
  EXPECT_EQ(world.services.announced, 1U);
}

TEST_F(AnnouncementTest, R6ARefusalThatRollsBackSaysNothing) {
  memory.store(1, "alice");
  EXPECT_FALSE(world.database.transaction([&](Transaction& tx) -> Outcome {
    account_changed(tx, world.services, CacheWorld::account(1));
    return Errc::NotFound;
  }));
  EXPECT_THROW((void)world.database.transaction([&](Transaction& tx) -> Outcome {
    account_changed(tx, world.services, CacheWorld::account(1));
    throw std::runtime_error("of the caller");
  }),
               std::runtime_error);
  EXPECT_THAT(heard(milliseconds(100)), IsEmpty());
  EXPECT_EQ(world.number(), 0);
  EXPECT_EQ(memory.found(1), "alice");
  EXPECT_EQ(world.services.announced, 0U);
}

TEST_F(AnnouncementTest, R3R6ARefusalThatCommitsIsAnnounced) {
  const auto account = world.account();
  const auto tokens = world.login();
  EXPECT_FALSE(world.database.transaction([&](Transaction& tx) -> Outcome {
    EXPECT_EQ(revoke_session(tx, world.services, account.id, tokens.session), 1);
    tx.commit_even_if_refused();
    return Errc::RefreshReused;
  }));
  EXPECT_EQ(announced(), text(tokens.session));
}

TEST_F(AnnouncementTest, R6AnUnknownOutcomeIsTakenForACommit) {
  memory.store(1, "alice");
  std::int64_t pid = 0;
  world.database.set_fault_hook_for_test([&](std::string_view point) {
    if (point != "before_commit") return;
    Database admin({test::test_server_url("postgres", "postgres")});
    admin.run(kTerminate, {pid});
  });
  EXPECT_THROW((void)world.database.transaction([&](Transaction& tx) -> Outcome {
    pid = tx.run(kMyBackend, {}).front().integer(0);
    account_changed(tx, world.services, CacheWorld::account(1));
    return done;
  }),
               DatabaseUnavailable);
  EXPECT_EQ(memory.found(1), "");
  EXPECT_EQ(world.number(), 0) << "it did not happen, and nobody can know";
}

TEST_F(AnnouncementTest, R6AFaultAfterTheCommitComesTooLateToKeepIt) {
  memory.store(1, "alice");
  world.database.set_fault_hook_for_test([](std::string_view point) {
    if (point == "after_commit") throw DatabaseUnavailable("injected");
  });
  EXPECT_THROW(world.revoke(RevokedSubject::account(CacheWorld::account(1))), DatabaseUnavailable);
  EXPECT_EQ(memory.found(1), "");
  EXPECT_EQ(announced(), text(CacheWorld::account(1)));
}

TEST_F(AnnouncementTest, CVE202015223AnAnnouncementThatFailsUndoesTheRevocation) {
  const auto account = world.account();
  const auto tokens = world.login();
  world.database.set_fault_hook_for_test([](std::string_view point) {
    if (point == "announce_and_notify") throw DatabaseUnavailable("injected");
  });
  EXPECT_THROW((void)end_sessions(world.services, account.id, {}, {}, world.origin),
               DatabaseUnavailable);
  EXPECT_TRUE(authenticate_access_token(world.services, tokens.access.reveal()).ok());
}

TEST_F(AnnouncementTest, AClockWithoutItsRowIsADefectAndRevokesNothing) {
  world.database_server.sql("delete from postern.revocation_clock");
  EXPECT_THROW(world.revoke(RevokedSubject::everything()), DatabaseError);
}

TEST_F(AnnouncementTest, EachSubjectIsSaidOnceAndEverythingSwallowsTheRest) {
  Announcement announcement(world.services);
  const auto one = RevokedSubject::account(CacheWorld::account(1));
  const auto two = RevokedSubject::credential(CacheWorld::key(2));
  announcement.note(one);
  announcement.note(two);
  announcement.note(one);
  EXPECT_THAT(announcement.subjects(), ElementsAre(one, two));
  announcement.note(RevokedSubject::everything());
  announcement.note(two);
  EXPECT_THAT(announcement.subjects(), ElementsAre(RevokedSubject::everything()));
}

TEST_F(AnnouncementTest, R9ManySubjectsBecomeEverythingAndFitANotification) {
  for (const std::size_t count : {kMostSubjects, kMostSubjects + 1}) {
    (void)world.database.transaction([&](Transaction& tx) -> Outcome {
      for (std::size_t i = 0; i < count; ++i)
        account_changed(tx, world.services, CacheWorld::account(i));
      return done;
    });
    const auto subjects = parse_subjects(announced());
    ASSERT_TRUE(subjects);
    if (count == kMostSubjects) {
      EXPECT_EQ(subjects->size(), kMostSubjects);
    } else {
      EXPECT_THAT(*subjects, ElementsAre(RevokedSubject::everything()));
    }
  }
}

TEST_F(AnnouncementTest, PollingMachinesWriteTheJournalAndNotifyNobody) {
  world.settings.cache.coherence = Coherence::Poll;
  world.revoke(RevokedSubject::everything());
  EXPECT_THAT(heard(milliseconds(100)), IsEmpty());
  EXPECT_EQ(world.database_server.sql("select n || subjects from postern.revocation"), "1*");
}

TEST_F(AnnouncementTest, TheNumberOrdersTheNewsAndTheJournalHoldsTheTime) {
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      AnotherWorker worker(world);
      for (int j = 0; j < kEach; ++j)
        (void)worker.database.transaction([&](Transaction& tx) -> Outcome {
          everything_changed(tx, worker.services);
          return done;
        });
    });
  }
  for (auto& thread : threads) thread.join();
  std::vector<std::string> payloads;
  while (payloads.size() < kThreads * kEach) {
    const auto more = heard(seconds(2));
    ASSERT_FALSE(more.empty());
    payloads.insert(payloads.end(), more.begin(), more.end());
  }
  for (std::size_t i = 0; i < payloads.size(); ++i)
    EXPECT_EQ(payloads[i], "revoked " + std::to_string(i + 1) + " *");
  EXPECT_EQ(world.database_server.sql(
                "select count(*) from postern.revocation where at = '2027-01-15T08:00:00Z'"),
            "100");
}

/// Everything that changes what a credential is worth: what a cached check holds must not outlive
/// it.
TEST_F(AnnouncementTest, R6EverythingThatChangesACredentialsWorthIsAnnounced) {
  auto& services = world.services;
  const auto& origin = world.origin;
  const auto root = world.account("root", "admin");
  const auto alice = world.account();
  const auto here = world.login();
  const auto change = [&](const std::function<void(AccountChange&)>& set) {
    AccountChange wanted;
    set(wanted);
    EXPECT_TRUE(update_account(services, alice.id, wanted, root.id, origin).ok());
    return announced();
  };
  EXPECT_THAT(heard(milliseconds(50)), IsEmpty()) << "making accounts and sessions revokes nothing";

  EXPECT_EQ(change([](auto& c) { c.username = "alicia"; }), text(alice.id));
  EXPECT_EQ(change([](auto& c) { c.email = "other@example.org"; }), text(alice.id));
  EXPECT_EQ(change([](auto& c) { c.role = "streamer"; }), text(alice.id));
  EXPECT_EQ(change([](auto& c) { c.is_active = false; }), text(alice.id));
  EXPECT_EQ(change([](auto& c) { c.is_active = true; }), text(alice.id))
      << "refusals are cached too";
  EXPECT_EQ(change([](auto& c) { c.is_approved = false; }), text(alice.id));
  EXPECT_EQ(change([](auto& c) { c.is_approved = true; }), text(alice.id));
  EXPECT_EQ(change([](auto& c) { c.username = "alice"; }), text(alice.id));

  const auto second = world.login();
  EXPECT_TRUE(
      end_session(services, alice.id, second.session, AuditEvent::LoggedOut, alice.id, origin)
          .ok());
  EXPECT_EQ(announced(), text(second.session));
  world.login();
  EXPECT_TRUE(end_sessions(services, alice.id, {}, alice.id, origin).ok());
  EXPECT_EQ(announced(), text(alice.id));

  world.login();
  EXPECT_TRUE(change_password(services, alice.id, Secret(WatchWorld::kPassword),
                              Secret("another horse battery"), {}, origin)
                  .ok());
  EXPECT_EQ(announced(), text(alice.id));
  EXPECT_TRUE(
      sign_in(services, {"alice", Secret("another horse battery"), SessionKind::Native}, origin)
          .ok());
  EXPECT_TRUE(set_password(services, alice.id, Secret(WatchWorld::kPassword), {}, origin).ok());
  EXPECT_EQ(announced(), text(alice.id));

  const auto key = issue_key(services, alice.id, {"ci", {}, {}}, {}, origin).value();
  const auto next = rotate_key(services, alice.id, key.key.id, seconds(60), origin).value();
  EXPECT_EQ(announced(), text(alice.id)) << "the old one ends sooner";
  const auto last = rotate_key(services, alice.id, next.key.id, seconds(0), origin).value();
  EXPECT_EQ(announced(), text(next.key.id));
  EXPECT_TRUE(revoke_account_key(services, alice.id, last.key.id, {}, origin).ok());
  EXPECT_EQ(announced(), text(last.key.id));
  const auto personal = generate_personal_key(services, alice.id, {}, origin).value();
  const auto fresh = generate_personal_key(services, alice.id, {}, origin).value();
  EXPECT_EQ(announced(), text(personal.key.id));
  EXPECT_TRUE(revoke_personal_key(services, alice.id, {}, origin).ok());
  EXPECT_EQ(announced(), text(fresh.key.id));

  auto stolen = world.login();
  auto latest = stolen;
  for (int i = 0; i < 2; ++i)
    latest =
        refresh_session(services, SessionKind::Native, latest.refresh.reveal(), origin).value();
  EXPECT_FALSE(
      refresh_session(services, SessionKind::Native, stolen.refresh.reveal(), origin).ok());
  EXPECT_EQ(announced(), text(stolen.session)) << "R3";

  EXPECT_TRUE(delete_account(services, alice.id, root.id, origin).ok());
  EXPECT_EQ(announced(), text(alice.id));
  (void)here;
}

TEST_F(AnnouncementTest, NothingIsSaidWhereNothingEnded) {
  auto& services = world.services;
  const auto alice = world.account();
  const auto number = world.number();
  (void)end_sessions(services, alice.id, {}, {}, world.origin);
  (void)end_session(services, alice.id, SessionId{}, AuditEvent::LoggedOut, {}, world.origin);
  (void)revoke_account_key(services, alice.id, KeyId{}, {}, world.origin);
  (void)revoke_personal_key(services, alice.id, {}, world.origin);
  (void)update_account(services, alice.id, {}, {}, world.origin);
  (void)set_password(services, alice.id, Secret("another horse battery"), {}, world.origin);
  EXPECT_EQ(world.number(), number);
}

/// The clock's row is taken last, so it can close no circle: neither a deadlock nor a lock timeout.
TEST_F(AnnouncementTest, R6RevocationsOfOneAccountFromAllSidesDoNotLockEachOtherOut) {
  constexpr int kRounds = 20;
  world.account("root", "admin");
  const auto alice = world.account();
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  const auto start = [&](const std::function<void(Services&, int)>& work) {
    threads.emplace_back([&, work] {
      AnotherWorker worker(world);
      for (int round = 0; round < kRounds; ++round) {
        try {
          work(worker.services, round);
        } catch (const std::exception& error) {
          ADD_FAILURE() << error.what();
          ++failures;
        }
      }
    });
  };
  const auto& origin = world.origin;
  for (int i = 0; i < 2; ++i) {
    start([&](Services& services, int round) {
      AccountChange wanted;
      wanted.role = round % 2 == 0 ? "streamer" : "member";
      (void)update_account(services, alice.id, wanted, {}, origin);
    });
    start([&](Services& services, int) {
      (void)sign_in(services, {"alice", Secret(WatchWorld::kPassword), SessionKind::Native},
                    origin);
      (void)end_sessions(services, alice.id, {}, {}, origin);
    });
    start([&](Services& services, int) {
      (void)generate_personal_key(services, alice.id, {}, origin);
    });
    start([&](Services& services, int) {
      (void)set_password(services, alice.id, Secret(WatchWorld::kPassword), {}, origin);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(world.database_server.sql("select count(*) from postern.revocation"),
            std::to_string(world.number()));
}

}  // namespace
}  // namespace postern::domain
