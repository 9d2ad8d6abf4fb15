#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/golden.hpp"
#include "tests/support/matrix_world.hpp"

// Every route of every dialect × every kind of credential (CVE-2025-61928, CVE-2024-3656), driven
// by the route tables: a route without a golden file fails. A file in tests/golden/<dialect>/
// begins with the request, as it is sent by each holder for something that belongs to somebody
// else; then come the answers, each below those who get it. "(own)": the same for something of the
// holder's own.
//
// After a change that is meant, POSTERN_WRITE_GOLDEN=1 writes the answers anew: read the difference
// as carefully as code.

namespace postern::handlers {
namespace {

using test::Holder;
using test::MatrixWorld;

struct Case {
  const Dialect* dialect;
  const Route* route;
};

void PrintTo(const Case& row, std::ostream* out) {
  *out << row.route->method << " " << row.route->pattern;
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto* dialect : dialects()) {
    for (const auto& route : dialect->routes) cases.push_back({dialect, &route});
  }
  return cases;
}

std::filesystem::path file_of(const Case& row) {
  std::string name(row.route->name);
  const std::string own = std::string(row.dialect->name) + ".";
  if (name.starts_with(own)) name.erase(0, own.size());
  return std::filesystem::path(POSTERN_SOURCE_DIR) / "tests/golden" / row.dialect->name /
         (name + ".txt");
}

/// The request of a golden file: a line with method and target, perhaps a content type, an empty
/// line, perhaps a body. "(status)" behind the target: of the answers only that is compared.
struct Sample {
  std::string method, target, content_type, body;
  std::string text;  ///< as it stands in the file
  bool status_only = false;
  [[nodiscard]] bool names_something() const {
    return target.find('{') != std::string::npos || body.find('{', 1) != std::string::npos;
  }
};

constexpr std::string_view kAnswers = "\n=== ";

Sample parse_sample(const std::string& file) {
  Sample sample;
  sample.text = file.substr(0, file.find(kAnswers));
  std::istringstream lines(sample.text);
  lines >> sample.method >> sample.target;
  std::string line;
  std::getline(lines, line);
  sample.status_only = line == " (status)";
  while (std::getline(lines, line) && !line.empty()) sample.content_type = line;
  while (std::getline(lines, line)) sample.body += line;
  return sample;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Response ask(MatrixWorld& world, const Case& row, const Sample& sample, const Holder& holder,
             std::optional<domain::AccountId> owner) {
  const auto parts = world.filled(sample.target + "\n" + sample.body, owner);
  const auto target = parts.substr(0, parts.find('\n'));
  auto request = test::raw_request(sample.method, target, sample.content_type,
                                   parts.substr(parts.find('\n') + 1));
  if (row.route->guard == Guard::Loopback) request.remote_address = "127.0.0.1";
  return world.send(
      test::presented(std::move(request), row.dialect->name, world.credential_of(holder)));
}

/// Answers with those who got them, in the order in which they first came.
class Answers {
 public:
  explicit Answers(bool status_only) : status_only_(status_only) {}

  void add(const std::string& who, const Response& response) {
    const auto answer =
        status_only_ ? std::to_string(response.status()) : test::golden_wire(response);
    const auto same = std::find_if(rows_.begin(), rows_.end(),
                                   [&](const auto& row) { return row.second == answer; });
    if (same == rows_.end()) {
      rows_.emplace_back(who, answer);
    } else {
      same->first += "; " + who;
    }
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const auto& [who, answer] : rows_) {
      all.append(kAnswers).append(who).append("\n").append(answer).append("\n");
    }
    all.erase(std::remove(all.begin(), all.end(), '\r'), all.end());
    return all;
  }

 private:
  bool status_only_;
  std::vector<std::pair<std::string, std::string>> rows_;
};

bool says(const Holder& holder, std::string_view words) {
  return holder.name.find(words) != std::string::npos;
}

/// What the guard in the route's row says whatever the handler does: nobody without a good
/// credential gets past it. Kitsu says 422 to what is no token of its, and knows no keys. Clients'
/// tokens are for the gate, and for SkedCast's resource.
void expect_guarded(const Case& row, const Holder& holder, const Response& response) {
  const std::string_view dialect = row.dialect->name;
  const bool kitsu = dialect == "kitsu", skedcast = dialect == "skedcast";
  const bool good =
      holder.account &&
      (says(holder, "session of a ") || says(holder, "token of a ") ||
       (says(holder, "key of a") && !kitsu) || (holder.name == "OAuth access token" && skedcast)) &&
      !(kitsu && says(holder, "Scriptix")) && !says(holder, "disabled") &&
      !says(holder, "revoked") && !says(holder, "expired");
  if (row.route->guard == Guard::Anyone || row.route->guard == Guard::Loopback || good) return;
  if (kitsu) {
    EXPECT_TRUE(response.status() == 401 || response.status() == 422)
        << holder.name << ": " << response.status();
    return;
  }
  EXPECT_EQ(response.status(), says(holder, "another network") ? 403 : 401) << holder.name;
}

class RouteMatrix : public testing::TestWithParam<Case> {};

TEST_P(RouteMatrix, B7n22AndB7n24EachCredentialGetsItsAnswer) {
  const auto& row = GetParam();
  const auto path = file_of(row);
  const auto file = read_file(path);
  ASSERT_FALSE(file.empty()) << path << ": write the route's request there";
  const auto sample = parse_sample(file);
  EXPECT_EQ(sample.method, row.route->method);
  EXPECT_EQ(
      match_route(*row.dialect, sample.method, sample.target.substr(0, sample.target.find('?')))
          .route,
      row.route)
      << sample.target;
  MatrixWorld world;
  Answers answers(sample.status_only);
  for (const auto& holder : world.holders()) {
    const auto response = ask(world, row, sample, holder, std::nullopt);
    expect_guarded(row, holder, response);
    answers.add(holder.name, response);
  }
  if (sample.names_something()) {
    const auto own = world.signed_in("self", "contributor");
    answers.add("session of a contributor (own)",
                ask(world, row, sample, {"own", own.access, own.account.id}, own.account.id));
  }
  const auto text = sample.text + answers.text();
  if (std::getenv("POSTERN_WRITE_GOLDEN") != nullptr) std::ofstream(path) << text;
  EXPECT_EQ(read_file(path), text);
}

std::string name_of_row(const testing::TestParamInfo<Case>& info) {
  std::string name;
  bool upper = true;
  for (const char c :
       std::string(info.param.dialect->name) + "." + std::string(info.param.route->name)) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      upper = true;
      continue;
    }
    name += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = false;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(EveryRoute, RouteMatrix, testing::ValuesIn(all_cases()), name_of_row);

/// No file without a route.
TEST(GoldenFiles, EachBelongsToARoute) {
  std::vector<std::filesystem::path> known;
  for (const auto& row : all_cases()) known.push_back(file_of(row));
  const auto root = std::filesystem::path(POSTERN_SOURCE_DIR) / "tests/golden";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    EXPECT_NE(std::find(known.begin(), known.end(), entry.path()), known.end()) << entry.path();
  }
}

}  // namespace
}  // namespace postern::handlers
