#include "tests/support/test_database.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <pqxx/pqxx>
#include <stdexcept>

#include "domain/migrations.hpp"

namespace postern::test {
namespace {

constexpr const char* kTemplate = "postern_template";

std::string server() {
  const char* directory = std::getenv("POSTERN_TEST_PG");
  if (directory == nullptr)
    throw std::runtime_error("POSTERN_TEST_PG is not set: run through ctest");
  return directory;
}

void admin(const std::string& text) {
  pqxx::connection connection(test_server_url("postgres", "postgres"));
  pqxx::nontransaction(connection).exec(text);
}

/// Made once per server, by whichever test comes first; the lock makes the others wait.
void ensure_template() {
  pqxx::connection connection(test_server_url("postgres", "postgres"));
  pqxx::nontransaction work(connection);
  work.exec("select pg_advisory_lock(4711)");
  const auto found =
      work.exec("select datistemplate from pg_database where datname = 'postern_template'");
  if (found.empty() || !found[0][0].as<bool>()) {
    work.exec("drop database if exists postern_template");
    domain::migrate(make_empty_database(kTemplate), "postern_app");
    work.exec("alter database postern_template is_template true");
  }
  work.exec("select pg_advisory_unlock(4711)");
}

}  // namespace

std::string test_server_url(const std::string& user, const std::string& database) {
  return "host=" + server() + " user=" + user + " dbname=" + database;
}

std::string make_empty_database(const std::string& name) {
  admin("create database " + name + " owner postern_owner");
  return test_server_url("postern_owner", name);
}

void drop_database(const std::string& name) {
  admin("drop database if exists " + name + " with (force)");
}

TestDatabase::TestDatabase() {
  static std::atomic<int> number{0};
  name_ = "t" + std::to_string(getpid()) + "_" + std::to_string(number++);
  ensure_template();
  // The server's own files are copied, which is faster than writing each page to its log.
  admin("create database " + name_ + " owner postern_owner template " + kTemplate +
        " strategy file_copy");
  url_ = test_server_url("postern_app", name_);
  owner_url_ = test_server_url("postern_owner", name_);
}

TestDatabase::~TestDatabase() {
  try {
    drop_database(name_);
  } catch (const std::exception&) {
    // The server went first: a test stopped it on purpose.
  }
}

std::string TestDatabase::sql(const std::string& text) {
  pqxx::connection connection(owner_url_);
  pqxx::nontransaction work(connection);
  const auto result = work.exec(text);
  if (result.empty() || result.columns() == 0 || result[0][0].is_null()) return {};
  return result[0][0].as<std::string>();
}

}  // namespace postern::test
