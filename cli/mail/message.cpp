#include "cli/mail/message.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace postern::cli {
namespace {

/// In base64 and with the 12 characters around it that is 60, so that a line with a header's name
/// stays within 76 (RFC 2047 section 2).
constexpr std::size_t kBytesInWord = 36;
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const auto part = text.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < part.size() ? static_cast<unsigned char>(part[k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= part.size() ? kBase64[bits >> (18 - 6 * k) & 0x3f] : '=';
  }
  return out;
}

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// Encoded words, folded between; no character is in two of them (RFC 2047 section 5).
std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = std::min(kBytesInWord, text.size());
    while (length < text.size() && continues(text[length])) --length;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64(text.substr(0, length)) + "?=";
    text.remove_prefix(length);
  }
  return out;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; }) &&
         text.find("=?") == std::string_view::npos;
}

std::string written(const Mailbox& mailbox) {
  if (mailbox.name.empty()) return mailbox.address;
  // A name has no quotation marks and no backslashes (mail_forms.hpp).
  const auto name = is_plain(mailbox.name) ? '"' + mailbox.name + '"' : encoded_words(mailbox.name);
  return name + " <" + mailbox.address + ">";
}

}  // namespace

std::string mail_date(domain::Instant instant) {
  using namespace std::chrono;
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss time(floor<seconds>(instant - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                kDays.at(weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
                kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

std::string header_text(std::string_view text) {
  return is_plain(text) ? std::string(text) : encoded_words(text);
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

std::vector<std::string> headers_of(const Message& message, const Mailbox& from,
                                    domain::Instant now) {
  const auto domain_part = from.address.substr(from.address.find('@') + 1);
  return {"Date: " + mail_date(now),
          "From: " + written(from),
          "To: " + message.to,
          "Subject: " + header_text(message.content.subject),
          "Message-ID: <" + message.id + "@" + domain_part + ">",
          "Auto-Submitted: auto-generated"};
}

}  // namespace postern::cli
