#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/mail/letter_templates.hpp"
#include "cli/mail/mail_forms.hpp"
#include "domain/clock.hpp"

namespace postern::cli {

/// A letter that is ready to leave.
struct Message {
  std::string id;  ///< left of the '@' in Message-ID
  std::string to;  ///< a plain address (is_plain_address)
  LetterText content;
};

/// Its header lines, without line ends; long ones are folded (RFC 5322 section 2.2.3). Text beyond
/// ASCII is in encoded words (RFC 2047). No value can end its line: addresses and names have been
/// checked, subjects are one line. `Auto-Submitted: auto-generated` (RFC 3834) keeps other programs
/// from answering. Those of MIME are curl's.
[[nodiscard]] std::vector<std::string> headers_of(const Message& message, const Mailbox& from,
                                                  domain::Instant now);

/// `Fri, 15 Jan 2027 08:00:00 +0000` (RFC 5322 section 3.3).
[[nodiscard]] std::string mail_date(domain::Instant instant);
/// Text as it can stand in a header; as it is where that is possible.
[[nodiscard]] std::string header_text(std::string_view text);
/// Lines that end in CR LF, as SMTP wants them.
[[nodiscard]] std::string with_crlf(std::string_view text);

}  // namespace postern::cli
