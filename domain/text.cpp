#include "domain/text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

#include "domain/ascii.hpp"
#include "domain/code_point.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kUsernameLimit = 150;
constexpr std::size_t kEmailLimit = 254;

Error invalid(std::string_view field, std::string_view reason) {
  return Error{Errc::InvalidInput, std::string(field), std::string(reason)};
}

/// In one line of text. What is hidden could tell two names apart that look alike.
bool may_be_shown(CodePointKind kind) {
  return kind == CodePointKind::Visible || kind == CodePointKind::Blank ||
         kind == CodePointKind::Joiner;
}

bool is_of_joiners(std::string_view text) {
  while (!text.empty()) {
    if (take_code_point(text).kind != CodePointKind::Joiner) return false;
  }
  return true;
}

/// Labels separated by single dots, each of letters, digits and inner hyphens.
bool is_domain(std::string_view domain) {
  char previous = '.';
  for (const char c : domain) {
    if (c == '.' || c == '-') {
      if (previous == '.' || (c == '.' && previous == '-')) return false;
    } else if (!is_alphanumeric(c)) {
      return false;
    }
    previous = c;
  }
  return is_alphanumeric(previous) && domain.find('.') != std::string_view::npos;
}

std::string rfc3339_of(Instant instant, bool with_micros) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  std::array<char, 64> buffer{};
  int length = std::snprintf(
      buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()));
  std::string text(buffer.data(), static_cast<std::size_t>(length));
  if (with_micros) {
    length = std::snprintf(buffer.data(), buffer.size(), ".%06d",
                           static_cast<int>(time.subseconds().count()));
    text.append(buffer.data(), static_cast<std::size_t>(length));
  }
  return text + 'Z';
}

}  // namespace

bool is_clean_text(std::string_view text) {
  while (!text.empty()) {
    if (text[0] == '\0' || take_code_point(text).kind == CodePointKind::Malformed) return false;
  }
  return true;
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<std::uint8_t>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

std::string printable_excerpt(std::string_view text, std::size_t limit) {
  std::string excerpt;
  for (std::size_t count = 0; !text.empty() && count < limit; ++count) {
    const auto [bytes, kind] = take_code_point(text);
    excerpt += may_be_shown(kind) ? bytes : std::string_view("?");
  }
  return excerpt;
}

std::string visible_excerpt(std::string_view text, std::size_t limit) {
  std::string excerpt;
  bool shows_something = false;
  for (std::size_t count = 0; !text.empty() && count < limit;) {
    const auto [bytes, kind] = take_code_point(text);
    if (kind == CodePointKind::Hidden) continue;
    ++count;
    excerpt += may_be_shown(kind) ? bytes : std::string_view("?");
    if (kind != CodePointKind::Blank && kind != CodePointKind::Joiner) shows_something = true;
  }
  return shows_something ? excerpt : std::string();
}

Outcome check_username(std::string_view username) {
  if (username.empty()) return invalid("username", "too_short");
  if (username.size() > kUsernameLimit) return invalid("username", "too_long");
  for (const char c : username) {
    if (!is_alphanumeric(c) && std::string_view("._@+-").find(c) == std::string_view::npos)
      return invalid("username", "invalid_characters");
  }
  return done;
}

Outcome check_email(std::string_view email) {
  if (email.size() < 3) return invalid("email", "too_short");
  if (email.size() > kEmailLimit) return invalid("email", "too_long");
  for (const char c : email) {
    if (c <= ' ' || c >= 0x7F) return invalid("email", "invalid_characters");
  }
  const std::size_t at = email.find('@');
  if (at == 0 || at == std::string_view::npos || !is_domain(email.substr(at + 1)))
    return invalid("email", "invalid");
  return done;
}

Outcome check_label(std::string_view field, std::string_view text, std::size_t limit) {
  if (text.empty()) return invalid(field, "too_short");
  // Bytes before code points, so that the work is bounded; no code point takes more than four.
  if (text.size() > limit * 4) return invalid(field, "too_long");
  if (!is_clean_text(text)) return invalid(field, "invalid_characters");
  const std::size_t length = code_points(text);
  if (length > limit) return invalid(field, "too_long");
  if (printable_excerpt(text, length) != text) return invalid(field, "invalid_characters");
  if (is_of_joiners(text)) return invalid(field, "too_short");
  return done;
}

std::string fold(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (is_upper(c)) c = static_cast<char>(c + ('a' - 'A'));
  }
  return folded;
}

std::string rfc3339_micros(Instant instant) {
  return rfc3339_of(instant, true);
}
std::string rfc3339(Instant instant) {
  return rfc3339_of(instant, false);
}

}  // namespace postern::domain
