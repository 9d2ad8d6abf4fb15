#pragma once

#include <string>
#include <string_view>

namespace postern::cli {

/// What was said last between the mail server and us, as far as it may be told: which command, and
/// the codes of its answer. Texts are not kept: a command may hold a password, an answer an
/// address.
class SmtpDialogue {
 public:
  /// A line that went out, and one that came in.
  void said(std::string_view line);
  void heard(std::string_view line);

  /// The recipient was refused for good (RFC 5321 section 4.2.1).
  [[nodiscard]] bool recipient_refused() const;
  /// `RCPT: 550 5.1.1`; "" where the server has not refused anything.
  [[nodiscard]] std::string refusal() const;

 private:
  std::string command_;
  std::string code_, status_;  ///< `550`, `5.1.1`
  bool over_ = false;          ///< what follows is good-bye
};

}  // namespace postern::cli
