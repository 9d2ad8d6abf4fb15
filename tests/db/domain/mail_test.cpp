#include "domain/mail.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/mail_world.hpp"

namespace postern::domain {
namespace {

constexpr MailKind kAllKinds[] = {MailKind::ConfirmAddress,    MailKind::ResetPassword,
                                  MailKind::AlreadyRegistered, MailKind::Invitation,
                                  MailKind::NewSignIn,         MailKind::PasswordChanged,
                                  MailKind::FactorChanged,     MailKind::EmailChanged,
                                  MailKind::Approved,          MailKind::OneTimeCode};

class Mail : public ::testing::Test {
 protected:
  void queue(MailKind kind) {
    queue_letter(world_.database, world_.services, {kind, {}, "ann@example.org", {{"code", "c"}}});
  }
  test::MailWorld world_;
};

TEST_F(Mail, EveryKindHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const auto kind : kAllKinds) {
    EXPECT_FALSE(name_of(kind).empty());
    EXPECT_TRUE(names.insert(name_of(kind)).second);
  }
  EXPECT_EQ(name_of(static_cast<MailKind>(99)), "");
}

TEST_F(Mail, NothingIsQueuedWhereThereIsNoMail) {
  world_.settings.mail.enabled = false;
  for (const auto kind : kAllKinds) queue(kind);
  EXPECT_EQ(world_.queued(), "0");
}

TEST_F(Mail, NoticesCanBeTurnedOffAndOthersCannot) {
  world_.settings.mail.notices = false;
  for (const auto kind : kAllKinds) queue(kind);
  EXPECT_EQ(world_.database_server.sql("select string_agg(kind::text, ' ' order by kind) "
                                       "from postern.mail"),
            "1 2 3 4 10");
}

TEST_F(Mail, R5TheQueueShowsNeitherAddressNorParticulars) {
  queue(MailKind::Invitation);
  const auto row =
      world_.database_server.sql("select encode(sealed, 'escape') || last_error from postern.mail");
  EXPECT_FALSE(row.empty());
  EXPECT_EQ(row.find("ann"), std::string::npos);
  EXPECT_EQ(row.find("example"), std::string::npos);
}

TEST_F(Mail, GoesWithItsTransaction) {
  const Outcome refused = world_.database.transaction([&](Transaction& tx) -> Outcome {
    queue_letter(tx, world_.services, {MailKind::Invitation, {}, "ann@example.org", {}});
    return Errc::NotFound;
  });
  EXPECT_FALSE(refused);
  EXPECT_EQ(world_.queued(), "0");
}

TEST_F(Mail, GoesWithItsAccount) {
  const auto ann = world_.account("ann");
  queue_letter(world_.database, world_.services, {MailKind::Approved, ann.id, {}, {}});
  ASSERT_EQ(world_.queued(), "1");
  ASSERT_TRUE(delete_account(world_.services, ann.id, {}, world_.origin));
  EXPECT_EQ(world_.queued(), "0");
}

}  // namespace
}  // namespace postern::domain
