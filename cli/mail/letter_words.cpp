#include "cli/mail/letter_words.hpp"

#include <array>
#include <cstdio>
#include <span>

namespace postern::cli {
namespace {

struct Mark {
  std::string_view mark, name;
};

// The first that is found: Edge and Opera call themselves Chrome too, Chrome calls itself Safari.
constexpr std::array<Mark, 10> kPrograms{{{"Edg", "Edge"},
                                          {"OPR/", "Opera"},
                                          {"SamsungBrowser/", "Samsung Internet"},
                                          {"Firefox/", "Firefox"},
                                          {"FxiOS/", "Firefox"},
                                          {"CriOS/", "Chrome"},
                                          {"Chrome/", "Chrome"},
                                          {"Safari/", "Safari"},
                                          {"curl/", "curl"},
                                          {"python-requests/", "a Python program"}}};
constexpr std::array<Mark, 6> kSystems{{{"Android", "Android"},
                                        {"iPhone", "iPhone"},
                                        {"iPad", "iPad"},
                                        {"Windows", "Windows"},
                                        {"Mac OS X", "macOS"},
                                        {"Linux", "Linux"}}};

std::string_view first_found(std::string_view text, std::span<const Mark> marks) {
  for (const auto& mark : marks) {
    if (text.find(mark.mark) != std::string_view::npos) return mark.name;
  }
  return {};
}

}  // namespace

std::string words_of(domain::Instant instant) {
  using namespace std::chrono;
  static constexpr std::array<const char*, 12> kMonths{
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const auto day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss time(floor<minutes>(instant - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%u %s %d, %02d:%02d UTC",
                static_cast<unsigned>(date.day()),
                kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()));
  return text.data();
}

std::string words_of(std::chrono::seconds lifetime) {
  const auto counted = [](std::int64_t count, const char* unit) {
    return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
  };
  const auto seconds = lifetime.count();
  if (seconds % 3600 == 0) return counted(seconds / 3600, "hour");
  if (seconds % 60 == 0) return counted(seconds / 60, "minute");
  return counted(seconds, "second");
}

std::string agent_words(std::string_view user_agent) {
  const auto program = first_found(user_agent, kPrograms);
  const auto system = first_found(user_agent, kSystems);
  if (program.empty()) return std::string(system);
  if (system.empty()) return std::string(program);
  return std::string(program) + " on " + std::string(system);
}

}  // namespace postern::cli
