#include "cli/doctor.hpp"

#include <json/value.h>

#include <algorithm>
#include <exception>
#include <string_view>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"

namespace postern::cli {
namespace {

std::string_view word_for(Level level) {
  switch (level) {
    case Level::Ok:
      return "ok";
    case Level::Warn:
      return "warn";
    case Level::Fail:
      return "FAIL";
  }
  return "";
}

void print_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    std::string line(word_for(finding.level));
    line.resize(6, ' ');
    line += finding.check + ": " + finding.message;
    text += printable(line) + "\n";
    if (!finding.mend.empty()) text += "      mend: " + printable(finding.mend) + "\n";
  }
  print(text);
}

void print_as_json(const std::vector<Finding>& findings) {
  Json::Value json(Json::arrayValue);
  for (const auto& finding : findings) {
    Json::Value entry;
    entry["level"] = finding.level == Level::Fail ? "fail" : std::string(word_for(finding.level));
    entry["check"] = finding.check;
    entry["message"] = finding.message;
    if (!finding.mend.empty()) entry["mend"] = finding.mend;
    json.append(entry);
  }
  print_json(json);
}

void examine(Findings& findings, const ConfigFiles& files, const std::string& web_user) {
  try {
    const auto loaded = load_config(files);
    findings.ok("configuration", files.base + " is good");
    const auto& config = loaded.config;
    examine_files(findings, config, files);
    examine_database(findings, config);
    findings.attempt("sockets", [&] { examine_sockets(findings, config, web_user); });
    findings.attempt("passwords", [&] { examine_passwords(findings, config); });
  } catch (const ConfigError& error) {
    for (const auto& problem : error.problems()) {
      findings.fail("configuration", problem.text(), "edit the file; docs/configuration.md");
    }
  }
}

}  // namespace

void Findings::attempt(const std::string& check, const std::function<void()>& run) {
  try {
    run();
  } catch (const std::exception& error) {
    fail(check, std::string("could not be examined: ") + error.what(), "see the message");
  }
}

bool Findings::any_failed() const {
  return std::any_of(list_.begin(), list_.end(),
                     [](const Finding& finding) { return finding.level == Level::Fail; });
}

int doctor(const ConfigFiles& files, const DoctorOptions& options) {
  Findings findings;
  examine(findings, files, options.web_user);
  if (options.json) {
    print_as_json(findings.list());
  } else {
    print_text(findings.list());
  }
  return findings.any_failed() ? kRefused : kOk;
}

}  // namespace postern::cli
