#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "domain/oauth_consent.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/oauth_page_world.hpp"

namespace postern::handlers::oauth {
namespace {

using test::Fields;
using test::OAuthPageWorld;
using test::query_of;
using testing::StartsWith;

/// What somebody ends in the very moment in which an application is answered without a question:
/// no fault of ours, and no code.
class OAuthAuthorizeRace : public testing::Test {
 protected:
  OAuthAuthorizeRace() {
    (void)browser_.sign_in();
    const auto consent = browser_.follow(browser_.get(OAuthPageWorld::question(client_)));
    (void)browser_.submit(consent, {{"decision", "allow"}});
    EXPECT_EQ(query_of(ask()).count("code"), 1U) << "there is a consent";
  }

  Response ask(const Fields& changes = {}) {
    return browser_.get(OAuthPageWorld::question(client_, changes));
  }
  /// The same, with this done once the consent was found and before the code is written.
  Response ask_amid(const std::function<void()>& action, const Fields& changes = {}) {
    bool done = false;
    world_.domain.database.set_fault_hook_for_test([&](std::string_view point) {
      if (point != "insert_code" || std::exchange(done, true)) return;
      action();
    });
    auto response = ask(changes);
    world_.domain.database.set_fault_hook_for_test({});
    EXPECT_TRUE(done);
    return response;
  }
  void withdraw() {
    const auto all = domain::list_consents(other_.services, world_.alice.id, {});
    ASSERT_TRUE(domain::withdraw_consent(other_.services, world_.alice.id, all->items.front().id,
                                         {}, world_.domain.origin)
                    .ok());
  }
  std::string codes() {
    return world_.domain.database_server.sql(
        "select count(*) from postern.oauth_code where expires_at > to_timestamp(" +
        std::to_string(domain::unix_seconds(world_.domain.clock.now())) + ")");
  }

  OAuthPageWorld world_;
  test::AnotherWorker other_{world_.domain};
  test::PageBrowser browser_{world_};
  domain::OAuthClient client_ = world_.stranger();
};

TEST_F(OAuthAuthorizeRace, R6AConsentThatIsWithdrawnAmidAnAnswerIsAskedForAnew) {
  const auto response = ask_amid([&] { withdraw(); });
  EXPECT_EQ(response.status(), 303);
  EXPECT_THAT(response.get("Location"), StartsWith("/oauth/consent?request="));
  EXPECT_EQ(codes(), "0");
  const auto page = browser_.follow(response);
  EXPECT_EQ(page.status(), 200);
  EXPECT_EQ(query_of(browser_.submit(page, {{"decision", "allow"}})).count("code"), 1U);
}

TEST_F(OAuthAuthorizeRace, R6WithPromptNoneTheClientIsToldThatConsentIsRequired) {
  const auto response = ask_amid([&] { withdraw(); }, {{"prompt", "none"}});
  EXPECT_EQ(response.status(), 303);
  EXPECT_EQ(query_of(response)["error"], "consent_required");
  EXPECT_EQ(codes(), "0");
}

TEST_F(OAuthAuthorizeRace, R6AClientThatIsDeletedAmidAnAnswerGetsNone) {
  const auto response = ask_amid([&] {
    ASSERT_TRUE(domain::delete_client(other_.services, client_.id, {}, world_.domain.origin).ok());
  });
  const auto page = browser_.follow(response);
  EXPECT_EQ(page.status(), 400) << "not known any more";
  EXPECT_EQ(codes(), "0");
}

TEST_F(OAuthAuthorizeRace, R6ABrowserThatIsSignedOutAmidAnAnswerIsAskedToSignIn) {
  const auto response = ask_amid([&] {
    ASSERT_TRUE(domain::end_sessions(other_.services, world_.alice.id, {}, world_.alice.id,
                                     world_.domain.origin)
                    .ok());
  });
  EXPECT_THAT(browser_.follow(response).body(), testing::HasSubstr("name=\"password\""));
  EXPECT_EQ(codes(), "0");
}

TEST_F(OAuthAuthorizeRace, R6AnAccountThatIsDisabledAmidAnAnswerGetsNone) {
  const auto response = ask_amid([&] {
    ASSERT_TRUE(domain::update_account(other_.services, world_.alice.id, {.is_active = false}, {},
                                       world_.domain.origin)
                    .ok());
  });
  EXPECT_EQ(browser_.follow(response).status(), 200) << "the sign-in page";
  EXPECT_EQ(codes(), "0");
}

TEST_F(OAuthAuthorizeRace, R6ManyWithdrawalsAmidManyAnswersAreNeverAFault) {
  std::atomic<bool> over = false;
  std::thread withdrawing([&] {
    while (!over) {
      const auto all = domain::list_consents(other_.services, world_.alice.id, {});
      for (const auto& each : all->items) {
        (void)domain::withdraw_consent(other_.services, world_.alice.id, each.id, {},
                                       world_.domain.origin);
      }
    }
  });
  int answered = 0;
  for (int i = 0; i < 60; ++i) {
    const auto response = ask();
    ASSERT_EQ(response.status(), 303);
    if (query_of(response).contains("code")) {
      ++answered;
      continue;
    }
    const auto page = browser_.follow(response);
    ASSERT_EQ(page.status(), 200);
    ASSERT_EQ(browser_.submit(page, {{"decision", "allow"}}).status(), 303);
  }
  over = true;
  withdrawing.join();
  RecordProperty("answered_without_a_question", answered);
}

}  // namespace
}  // namespace postern::handlers::oauth
