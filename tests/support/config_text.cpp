#include "tests/support/config_text.hpp"

#include <stdexcept>

namespace postern::test {

std::string config_text(Keys keys) {
  keys.try_emplace("server.issuer", "\"https://site.example\"");
  keys.try_emplace("database.url", "\"host=/run/postgresql user=app dbname=postern\"");
  std::string text;
  for (const auto& [name, value] : keys) text += name + " = " + value + "\n";
  return text;
}

cli::LoadedConfig check_text(const std::string& text) {
  auto parsed = cli::parse_toml(text, "test.toml");
  if (const auto* problem = std::get_if<cli::Problem>(&parsed)) {
    throw cli::ConfigError({*problem});
  }
  return cli::check_config(std::get<cli::TomlNode>(parsed), "test.toml");
}

std::vector<std::string> problems_of(const std::string& text) {
  std::vector<std::string> lines;
  try {
    (void)check_text(text);
  } catch (const cli::ConfigError& error) {
    for (const auto& problem : error.problems()) lines.push_back(problem.text());
  }
  return lines;
}

}  // namespace postern::test
