#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "domain/mail.hpp"

namespace postern::domain {

/// What the housekeeper does with the queue of letters (mail.hpp): one letter at a time is taken,
/// decided on, handed to whoever sends it, and deleted when that is done.
///
/// At least once: whoever dies between the sending and the deletion leaves a letter that is sent
/// again, with the same Message-ID; a link in it is then a new one, and the former void. Any number
/// of machines may do this at once: each letter is one machine's for kMailHold.

/// A letter as it is to be sent.
struct ReadyLetter {
  MailId id;
  MailKind kind{};
  std::string to;
  std::map<std::string, std::string> values;  ///< with `username` where there is an account
  Secret token{};                             ///< of the link; empty where the kind has none
  seconds good_for{0};                        ///< the link's or the code's lifetime
  Instant asked_at{};                         ///< when it was put into the queue
};

struct Delivery {
  enum class Outcome {
    Sent,   ///< the server has taken it
    Later,  ///< not now
    Never,  ///< the recipient was refused for good
  };
  Outcome outcome = Outcome::Sent;
  std::string why{};  ///< of Later and Never: short; no secret, and no address
};
/// Gives it to a mail server within less than kMailHold.
using SendLetter = std::function<Delivery(const ReadyLetter&)>;

/// What became of one letter.
struct MailReport {
  enum class Outcome {
    Nothing,    ///< none is due
    Sent,       ///< and deleted
    Dropped,    ///< nobody is to get it: no such account, or no need any more
    Postponed,  ///< tried again after 1, 5, 15 and 60 minutes, from then on every 4 hours
    GivenUp,    ///< refused for good, or 48 hours old: deleted and audited
  };
  Outcome outcome = Outcome::Nothing;
  std::string why{};
};

inline constexpr std::chrono::minutes kMailHold{5};
inline constexpr hours kMailLife{48};

/// Takes one letter that is due, if there is one. Throws what the database throws; the letter is
/// then tried again.
[[nodiscard]] MailReport handle_mail(Services& services, const SendLetter& send);

}  // namespace postern::domain
