#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "domain/database.hpp"

namespace postern::domain {

struct Notification {
  std::string payload;
  int sender = 0;  ///< process id of the server's session that sent it
};

/// A connection for listening: notifications come in by themselves, and a statement can be under
/// way without anybody waiting for its answer, so that a server which hangs holds up nothing here.
/// Never reconnects: what was missed meanwhile is its owner's to think about. Errors say SQLSTATE
/// and statement, never data (database.hpp). Not for use by two threads or across a fork. It talks
/// to libpq itself, since libpqxx can only wait for a statement's answer.
class NotificationChannel {
 public:
  /// Connects, for at most the connect timeout. The connection has the limits of database.hpp.
  /// Throws DatabaseUnavailable.
  explicit NotificationChannel(const Database::Options& options);
  ~NotificationChannel();
  NotificationChannel(const NotificationChannel&) = delete;
  NotificationChannel& operator=(const NotificationChannel&) = delete;

  /// Sends a statement. One at a time: not while busy().
  void send(const Statement& statement, Params params);
  /// A statement is under way whose answer has not been taken.
  [[nodiscard]] bool busy() const;

  /// Waits until the server says something, at most so long. Throws DatabaseUnavailable when the
  /// connection is lost.
  void receive(std::chrono::milliseconds wait);
  /// The answer of the statement under way, once it is here whole. Throws as Database::run.
  [[nodiscard]] std::optional<Rows> take_answer();
  /// In the order in which they were sent, over all sessions of the database.
  [[nodiscard]] std::optional<Notification> take_notification();

  /// Sends and waits, at most for `patience`; DatabaseUnavailable after it.
  Rows ask(const Statement& statement, Params params, const Clock& clock,
           std::chrono::milliseconds patience);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postern::domain
