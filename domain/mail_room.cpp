#include "domain/mail_room.hpp"

#include <algorithm>
#include <array>

#include "domain/audit.hpp"
#include "domain/mail_decision.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

/// Nobody else takes it before $2. Whoever is taking one is not waited for.
constexpr Statement kTakeMail{"take_mail", R"sql(
  update postern.mail
  set due_at = $2, attempts = attempts + 1
  where id = (
    select id from postern.mail where due_at <= $1
    order by due_at, id limit 1 for update skip locked)
  returning id, kind, account_id, sealed, attempts, postern.micros(created_at))sql"};

constexpr Statement kDeleteMail{"delete_mail", R"sql(
  delete from postern.mail where id = $1)sql"};

/// Only while it is ours: after kMailHold somebody else may have tried it.
constexpr Statement kPostponeMail{"postpone_mail", R"sql(
  update postern.mail set due_at = $3, last_error = $4 where id = $1 and attempts = $2)sql"};

constexpr std::array<minutes, 4> kFirstPauses{minutes(1), minutes(5), minutes(15), minutes(60)};
constexpr hours kLaterPause{4};
/// For letters that end the process which sends them.
constexpr int kMostAttempts = 30;
constexpr std::size_t kMostOfError = 200;

struct Taken {
  QueuedLetter letter;
  bool readable = true;
};

std::optional<Taken> take(Services& services) {
  const Instant now = services.clock.now();
  const Rows rows = services.database.run(kTakeMail, {now, now + kMailHold});
  if (rows.empty()) return {};
  const Row& row = rows.front();
  Taken taken;
  taken.letter.id = MailId{row.uuid(0)};
  taken.letter.kind = static_cast<MailKind>(row.integer(1));
  if (!row.is_null(2)) taken.letter.account = AccountId{row.uuid(2)};
  auto content = open_mail(services.ring, taken.letter.id, row.bytes(3));
  taken.readable = content.has_value() && !name_of(taken.letter.kind).empty();
  if (content) taken.letter.content = *std::move(content);
  taken.letter.attempt = static_cast<int>(row.integer(4));
  taken.letter.asked_at = row.instant(5);
  return taken;
}

seconds pause_after(int attempts) {
  const auto index = static_cast<std::size_t>(std::max(attempts, 1) - 1);
  return index < kFirstPauses.size() ? seconds(kFirstPauses.at(index)) : seconds(kLaterPause);
}

MailReport give_up(Services& services, const Taken& taken, const std::string& why) {
  const Outcome ours = services.database.transaction([&](Transaction& tx) -> Outcome {
    if (tx.run(kDeleteMail, {taken.letter.id}).affected != 1) return Errc::NotFound;
    record(tx, services,
           {AuditEvent::MailGivenUp,
            taken.letter.account,
            {},
            taken.letter.id.text(),
            std::string(name_of(taken.letter.kind)) + ": " + why},
           {});
    return done;
  });
  return {ours ? MailReport::Outcome::GivenUp : MailReport::Outcome::Dropped, why};
}

MailReport postpone(Services& services, const Taken& taken, const std::string& why) {
  const Instant now = services.clock.now();
  if (now - taken.letter.asked_at >= kMailLife) return give_up(services, taken, why);
  // None: it was somebody else's by now, or its account is gone.
  services.database.run(kPostponeMail, {taken.letter.id, taken.letter.attempt,
                                        now + pause_after(taken.letter.attempt), why});
  return {MailReport::Outcome::Postponed, why};
}

MailReport remove(Services& services, const Taken& taken, MailReport::Outcome outcome) {
  services.database.run(kDeleteMail, {taken.letter.id});
  return {outcome, {}};
}

}  // namespace

MailReport handle_mail(Services& services, const SendLetter& send) {
  const auto taken = take(services);
  if (!taken) return {};
  if (!taken->readable) return give_up(services, *taken, "cannot be read with the keys there are");
  if (taken->letter.attempt > kMostAttempts) return give_up(services, *taken, "tried too often");
  const auto letter =
      services.database.transaction([&](Transaction& tx) -> Result<std::optional<ReadyLetter>> {
        return decide_letter(tx, services, taken->letter);
      });
  if (!letter || !*letter) return remove(services, *taken, MailReport::Outcome::Dropped);
  const Delivery delivery = send(**letter);
  const std::string why = printable_excerpt(delivery.why, kMostOfError);
  switch (delivery.outcome) {
    case Delivery::Outcome::Sent:
      return remove(services, *taken, MailReport::Outcome::Sent);
    case Delivery::Outcome::Never:
      return give_up(services, *taken, why);
    case Delivery::Outcome::Later:
      return postpone(services, *taken, why);
  }
  return {};
}

}  // namespace postern::domain
