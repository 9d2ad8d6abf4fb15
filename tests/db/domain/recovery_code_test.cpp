#include "domain/recovery_code.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <regex>
#include <set>
#include <thread>

#include "domain/mail.hpp"
#include "domain/session.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/authenticator.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

class RecoveryCodes : public testing::Test {
 protected:
  RecoveryCodes() { world.settings.login_limit.per_account = 1000; }

  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  std::string log_in(Services& services, const Secret& code) {
    SignIn request{"alice", Secret(DomainWorld::kPassword)};
    request.factor.recovery_code = code;
    const auto tokens = sign_in(services, request, world.origin);
    return tokens ? "ok" : name_of(tokens.error().code);
  }
  std::string log_in(const Secret& code) { return log_in(world.services, code); }
  Result<std::vector<Secret>> renew(const SecondFactor& proof) {
    return renew_recovery_codes(world.services, alice.id, proof, world.origin);
  }
  SecondFactor code_of_now() { return {enrolled.app.code(world.clock.now()), {}}; }

  DomainWorld world;
  Account alice = world.account("alice");
  test::Enrolled enrolled = test::enrol(world, alice);
};

TEST_F(RecoveryCodes, AreAsManyAsSetAllDifferentAndOfOneForm) {
  const std::regex form("[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}");
  std::set<std::string> seen;
  for (const auto& code : enrolled.recovery_codes) {
    EXPECT_TRUE(std::regex_match(std::string(code.reveal()), form)) << code.reveal();
    seen.emplace(code.reveal());
  }
  EXPECT_EQ(seen.size(), 10U);
  world.settings.mfa.recovery_codes = 20;
  EXPECT_EQ(renew(code_of_now())->size(), 20U);
}

TEST_F(RecoveryCodes, EachLogsInOnce) {
  for (const auto& code : enrolled.recovery_codes) {
    EXPECT_EQ(log_in(code), "ok");
    EXPECT_EQ(log_in(code), "second_factor_invalid");
  }
  EXPECT_EQ(count_recovery_codes(world.services, alice.id), 0);
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'recovery_code_used'"), "10");
}

TEST_F(RecoveryCodes, AreReadHoweverTheyAreTyped) {
  const auto typed = [&](std::size_t which, auto change) {
    std::string text(enrolled.recovery_codes[which].reveal());
    change(text);
    return Secret(std::move(text));
  };
  EXPECT_EQ(log_in(typed(0,
                         [](std::string& text) {
                           std::transform(text.begin(), text.end(), text.begin(), [](char c) {
                             return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
                           });
                         })),
            "ok");
  EXPECT_EQ(log_in(typed(1, [](std::string& text) { text.erase(text.find('-'), 1); })), "ok");
  EXPECT_EQ(log_in(typed(2, [](std::string& text) { text = "  " + text + " "; })), "ok");
  EXPECT_EQ(log_in(typed(3, [](std::string& text) { text += "A"; })), "second_factor_invalid");
  EXPECT_EQ(log_in(typed(3, [](std::string& text) { text.pop_back(); })), "second_factor_invalid");
  EXPECT_EQ(log_in(typed(3, [](std::string& text) { text[0] = '1'; })), "second_factor_invalid");
  EXPECT_EQ(log_in(Secret(std::string(100'000, 'A'))), "second_factor_invalid");
  EXPECT_EQ(log_in(Secret(std::string(12, '\0'))), "second_factor_invalid");
  EXPECT_EQ(log_in(enrolled.recovery_codes[3]), "ok");
}

TEST_F(RecoveryCodes, OneOfTwentySimultaneousSignInsWithACodeSucceeds) {
  std::vector<std::unique_ptr<test::AnotherWorker>> workers;
  for (int i = 0; i < 20; ++i) workers.push_back(std::make_unique<test::AnotherWorker>(world));
  const auto before = std::stoi(sql("select count(*) from postern.session"));
  std::atomic<int> in = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (auto& worker : workers) {
    threads.emplace_back([&, &services = worker->services] {
      std::string answer;
      do {
        answer = test::patiently([&] { return log_in(services, enrolled.recovery_codes.front()); });
      } while (answer == "busy");
      ++(answer == "ok" ? in : refused);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(in, 1);
  EXPECT_EQ(refused, 19);
  EXPECT_EQ(std::stoi(sql("select count(*) from postern.session")), before + 1);
  EXPECT_EQ(count_recovery_codes(world.services, alice.id), 9);
}

TEST_F(RecoveryCodes, ANewSetVoidsTheOld) {
  world.settings.mail.enabled = true;
  const auto fresh = renew(code_of_now());
  ASSERT_TRUE(fresh.ok());
  EXPECT_EQ(log_in(enrolled.recovery_codes.front()), "second_factor_invalid");
  EXPECT_EQ(log_in(fresh->front()), "ok");
  EXPECT_EQ(count_recovery_codes(world.services, alice.id), 9);
  EXPECT_EQ(sql("select detail from postern.audit where event = 'recovery_codes_made'"), "10");
  EXPECT_EQ(sql("select kind from postern.mail"),
            std::to_string(static_cast<int>(MailKind::FactorChanged)));
}

TEST_F(RecoveryCodes, ANewSetTakesAProof) {
  EXPECT_EQ(renew({}).error().code, Errc::SecondFactorRequired);
  EXPECT_EQ(renew({enrolled.app.wrong_code(world.clock.now()), {}}).error().code,
            Errc::SecondFactorInvalid);
  EXPECT_EQ(log_in(enrolled.recovery_codes[0]), "ok") << "the old ones are still good";
  EXPECT_TRUE(renew({{}, enrolled.recovery_codes[1]}).ok());
  const auto bob = world.account("bob");
  EXPECT_EQ(renew_recovery_codes(world.services, bob.id, {Secret("123456"), {}}, world.origin)
                .error()
                .code,
            Errc::NotEnabled);
}

TEST_F(RecoveryCodes, AnothersAreNone) {
  const auto bobs = test::enrol(world, world.account("bob"));
  EXPECT_EQ(log_in(bobs.recovery_codes.front()), "second_factor_invalid");
}

// Rule R5
TEST_F(RecoveryCodes, R5AreKeptAsKeyedHashesAlone) {
  std::string dump = sql("select string_agg(r::text, ' ') from postern.recovery_code r");
  for (const auto& code : enrolled.recovery_codes) {
    std::string plain(code.reveal());
    EXPECT_EQ(dump.find(plain), std::string::npos);
    plain.erase(std::remove(plain.begin(), plain.end(), '-'), plain.end());
    EXPECT_EQ(dump.find(plain), std::string::npos);
    EXPECT_EQ(dump.find(hex_encode(as_bytes(plain))), std::string::npos);
  }
}

TEST_F(RecoveryCodes, R5OfAMasterKeyThatIsNoMoreAreWorthNothing) {
  sql("update postern.recovery_code set hash_key_id = 7");
  EXPECT_EQ(log_in(enrolled.recovery_codes.front()), "second_factor_invalid");
}

}  // namespace
}  // namespace postern::domain
