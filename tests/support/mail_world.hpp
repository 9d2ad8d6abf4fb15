#pragma once

#include <string>
#include <vector>

#include "domain/mail_room.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::test {

/// A world with mail, whose letters are kept instead of sent.
class MailWorld : public DomainWorld {
 public:
  MailWorld() { settings.mail.enabled = true; }

  /// Takes one letter out of the queue, and keeps it where `verdict` says that it was sent.
  domain::MailReport handle_one() {
    return domain::handle_mail(services, [this](const domain::ReadyLetter& letter) {
      tried.push_back(letter);
      if (verdict.outcome == domain::Delivery::Outcome::Sent) sent.push_back(letter);
      return verdict;
    });
  }
  /// Everything that is due.
  void handle_all() {
    while (handle_one().outcome != domain::MailReport::Outcome::Nothing) {
    }
  }
  /// All that is due, of which the last one sent must be of this kind.
  domain::ReadyLetter next_letter(domain::MailKind kind) {
    handle_all();
    for (auto letter = sent.rbegin(); letter != sent.rend(); ++letter) {
      if (letter->kind == kind) return *letter;
    }
    return {};
  }
  std::string queued() { return database_server.sql("select count(*) from postern.mail"); }
  std::string links() { return database_server.sql("select count(*) from postern.mail_link"); }
  std::string audited(const std::string& event) {
    return database_server.sql("select count(*) from postern.audit where event = '" + event + "'");
  }

  domain::Delivery verdict;  ///< what sending comes to
  std::vector<domain::ReadyLetter> tried, sent;
};

/// The refusal's name, with its field where it has one; "ok".
template <class T>
std::string told(const domain::Result<T>& result) {
  if (result) return "ok";
  return std::string(name_of(result.error().code)) +
         (result.error().field.empty() ? "" : " " + result.error().field);
}

}  // namespace postern::test
