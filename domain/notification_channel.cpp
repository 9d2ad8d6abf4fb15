#include "domain/notification_channel.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "domain/connection_string.hpp"
#include "domain/sql_state.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
struct Free {
  void operator()(PGnotify* notification) const { PQfreemem(notification); }
};
using Connection = std::unique_ptr<PGconn, Finish>;
using Answer = std::unique_ptr<PGresult, Clear>;

/// Notices hold data; they go nowhere.
void drop_notice(void* /*nothing*/, const PGresult* /*notice*/) {}

Connection connect(const Database::Options& options) {
  const auto conninfo =
      connection_string(options.url, {options.application_name, options.connect_timeout,
                                      options.statement_timeout, options.statement_timeout});
  Connection connection(PQconnectdb(conninfo.c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    // The first line names host, database and cause, as configured; libpq keeps passwords out.
    const std::string_view text = PQerrorMessage(connection.get());
    throw DatabaseUnavailable("cannot connect: " +
                              printable_excerpt(text.substr(0, text.find('\n')), 200));
  }
  PQsetNoticeReceiver(connection.get(), drop_notice, nullptr);
  return connection;
}

Rows read_rows(const PGresult* result) {
  Rows answer;
  for (int row = 0; row < PQntuples(result); ++row) {
    std::vector<std::optional<std::string>> columns;
    for (int column = 0; column < PQnfields(result); ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        columns.emplace_back();
      } else {
        columns.emplace_back(std::in_place, PQgetvalue(result, row, column),
                             static_cast<std::size_t>(PQgetlength(result, row, column)));
      }
    }
    answer.rows.emplace_back(std::move(columns));
  }
  return answer;
}

[[noreturn]] void refuse(const PGresult* result, const std::string& name) {
  const char* const field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (field == nullptr) throw DatabaseUnavailable("connection lost in " + name);
  const std::string state(field);
  if (classify(state) == Failure::Defect) throw DatabaseError(state + " in " + name);
  throw DatabaseUnavailable(state + " in " + name);
}

}  // namespace

struct NotificationChannel::Impl {
  Connection connection;
  const char* under_way = nullptr;  ///< the name of the statement
  Answer answer;

  [[nodiscard]] std::string where() const {
    return under_way != nullptr ? std::string(" in ") + under_way : std::string();
  }
  [[noreturn]] void lost() const { throw DatabaseUnavailable("connection lost" + where()); }
};

NotificationChannel::NotificationChannel(const Database::Options& options)
    : impl_(std::make_unique<Impl>()) {
  impl_->connection = connect(options);
}
NotificationChannel::~NotificationChannel() = default;

void NotificationChannel::send(const Statement& statement, Params params) {
  if (busy()) throw DatabaseError(std::string(statement.name) + " beside another statement");
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const Param& param : params)
    values.push_back(param.text() ? param.text()->c_str() : nullptr);
  impl_->under_way = statement.name;
  if (PQsendQueryParams(impl_->connection.get(), statement.text, static_cast<int>(values.size()),
                        nullptr, values.data(), nullptr, nullptr, 0) == 0)
    impl_->lost();
}

bool NotificationChannel::busy() const {
  return impl_->under_way != nullptr;
}

void NotificationChannel::receive(std::chrono::milliseconds wait) {
  pollfd socket{PQsocket(impl_->connection.get()), POLLIN, 0};
  if (socket.fd < 0) impl_->lost();
  const auto most = std::clamp<std::int64_t>(wait.count(), 0, 60'000);
  const int ready = ::poll(&socket, 1, static_cast<int>(most));
  if (ready == 0 || (ready < 0 && errno == EINTR)) return;
  if (PQconsumeInput(impl_->connection.get()) == 0) impl_->lost();
}

std::optional<Rows> NotificationChannel::take_answer() {
  while (busy() && PQisBusy(impl_->connection.get()) == 0) {
    Answer next(PQgetResult(impl_->connection.get()));
    if (next) {
      impl_->answer = std::move(next);
      continue;
    }
    const std::string name = std::exchange(impl_->under_way, nullptr);
    const Answer answer = std::move(impl_->answer);
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) refuse(answer.get(), name);
    return read_rows(answer.get());
  }
  return std::nullopt;
}

std::optional<Notification> NotificationChannel::take_notification() {
  const std::unique_ptr<PGnotify, Free> next(PQnotifies(impl_->connection.get()));
  if (!next) return std::nullopt;
  return Notification{next->extra, next->be_pid};
}

Rows NotificationChannel::ask(const Statement& statement, Params params, const Clock& clock,
                              std::chrono::milliseconds patience) {
  send(statement, params);
  const auto end = clock.uptime() + patience;
  for (auto left = patience; left.count() > 0; left = end - clock.uptime()) {
    if (auto answer = take_answer()) return *std::move(answer);
    receive(left);
  }
  if (auto answer = take_answer()) return *std::move(answer);
  throw DatabaseUnavailable(std::string("no answer to ") + statement.name);
}

}  // namespace postern::domain
