#include "cli/mail/smtp_dialogue.hpp"

#include <algorithm>
#include <array>

#include "domain/ascii.hpp"

namespace postern::cli {
namespace {

using domain::is_digit;

/// What is sent between AUTH and its answer is no command.
bool is_command(std::string_view word) {
  static constexpr std::array<std::string_view, 8> kCommands{"EHLO", "HELO", "STARTTLS", "AUTH",
                                                             "MAIL", "RCPT", "DATA",     "RSET"};
  return std::find(kCommands.begin(), kCommands.end(), word) != kCommands.end();
}

std::string_view first_word(std::string_view line) {
  return line.substr(0, line.find_first_of(" \r\n"));
}

/// An enhanced status code (RFC 3463): class.subject.detail.
bool is_status(std::string_view word) {
  return word.size() >= 5 && word.size() <= 9 && is_digit(word.front()) && word[1] == '.' &&
         is_digit(word.back()) && std::count(word.begin(), word.end(), '.') == 2 &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_digit(c) || c == '.'; });
}

}  // namespace

void SmtpDialogue::said(std::string_view line) {
  const auto word = first_word(line);
  if (word == "QUIT") over_ = true;
  if (over_ || !is_command(word)) return;
  command_ = word;
  code_.clear();
  status_.clear();
}

void SmtpDialogue::heard(std::string_view line) {
  if (over_ || line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit)) return;
  code_ = line.substr(0, 3);
  const auto word = line.size() > 4 ? first_word(line.substr(4)) : std::string_view();
  status_ = is_status(word) ? word : std::string_view();
}

bool SmtpDialogue::recipient_refused() const {
  const bool policy = status_.size() > 2 && status_.substr(2).starts_with("7.");
  return command_ == "RCPT" && code_.starts_with('5') && !policy;
}

std::string SmtpDialogue::refusal() const {
  if (!code_.starts_with('4') && !code_.starts_with('5')) return "";
  std::string text = (command_.empty() ? "greeting" : command_) + ": " + code_;
  if (!status_.empty()) text += ' ' + status_;
  return text;
}

}  // namespace postern::cli
