#pragma once

#include <memory>

#include "cli/mail/mail_transport.hpp"
#include "cli/mail/message.hpp"
#include "domain/mail_room.hpp"

namespace postern::cli {

/// Gives letters to the mail server (libcurl). The server's certificate and name are checked, and
/// without encryption nothing is said, user and letter included, unless the settings say `none`.
/// At most 10 s to connect and 60 s in all. The connection is kept for the next letter. One
/// thread's own.
class SmtpSender {
 public:
  /// The transport has a server and a sender, and must outlive this.
  explicit SmtpSender(const MailTransport& transport);
  ~SmtpSender();
  SmtpSender(const SmtpSender&) = delete;
  SmtpSender& operator=(const SmtpSender&) = delete;

  /// Never only where the server refused the recipient itself for good: 5yz to RCPT, but for
  /// reasons of policy (X.7.Y, RFC 3463), which are ours to mend. `why` holds the command and the
  /// codes of the answer, never its text, which may quote the address.
  [[nodiscard]] domain::Delivery send(const Message& message, domain::Instant now);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postern::cli
