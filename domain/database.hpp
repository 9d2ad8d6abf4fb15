#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "domain/bytes.hpp"
#include "domain/clock.hpp"
#include "domain/result.hpp"
#include "domain/uuid.hpp"

namespace postern::domain {

/// One SQL text under one name. Statements are constants, next to the functions that use them;
/// values travel as parameters only. Prepared once per connection; known again by the address of
/// its text, so both must live as long as the program.
struct Statement {
  const char* name;
  const char* text;
};

/// The database cannot answer now: away, restarting, out of connections, too slow, read-only, or
/// the transaction lost a conflict twice. Answered as 503 (rule R7). what() holds the SQLSTATE and
/// the statement's name, never data.
class DatabaseUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The database refused what we asked: a defect of ours or of the schema. Answered as 500.
class DatabaseError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A value on its way into a statement. Text with a NUL byte throws std::invalid_argument, since
/// libpqxx would silently cut it there.
class Param {
 public:
  Param(std::nullptr_t) {}                                           // NOLINT(*-explicit-*)
  Param(std::string_view text);                                      // NOLINT(*-explicit-*)
  Param(const char* text) : Param(std::string_view(text)) {}         // NOLINT(*-explicit-*)
  Param(const std::string& text) : Param(std::string_view(text)) {}  // NOLINT(*-explicit-*)
  Param(bool value) : value_(value ? "t" : "f") {}                   // NOLINT(*-explicit-*)
  template <class Integer>
  requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>) Param(Integer value)
      : value_(std::to_string(value)) {}            // NOLINT(*-explicit-*)
  Param(Instant instant);                           // NOLINT(*-explicit-*)
  Param(const Uuid& uuid) : value_(uuid.text()) {}  // NOLINT(*-explicit-*)
  template <class Tag>
  Param(const Id<Tag>& id) : value_(id.text()) {}           // NOLINT(*-explicit-*)
  Param(ByteView bytes);                                    // NOLINT(*-explicit-*)
  Param(const Bytes& bytes) : Param(ByteView(bytes)) {}     // NOLINT(*-explicit-*)
  Param(const Digest& digest) : Param(ByteView(digest)) {}  // NOLINT(*-explicit-*)
  Param(const std::vector<std::string>& texts);             // NOLINT(*-explicit-*) text[]
  template <class T>
  Param(const std::optional<T>& value) {  // NOLINT(*-explicit-*)
    if (value) *this = Param(*value);
  }

  [[nodiscard]] const std::optional<std::string>& text() const { return value_; }

 private:
  std::optional<std::string> value_;
};

/// A row of an answer. A column that is missing, null or not of the kind asked for throws
/// DatabaseError. Times must be selected as microseconds since 1970:
/// `(extract(epoch from t) * 1000000)::bigint`, for which sql has the function postern.micros(t).
class Row {
 public:
  explicit Row(std::vector<std::optional<std::string>> columns) : columns_(std::move(columns)) {}

  [[nodiscard]] bool is_null(std::size_t column) const;
  [[nodiscard]] const std::string& text(std::size_t column) const;
  [[nodiscard]] std::optional<std::string> text_or_null(std::size_t column) const;
  [[nodiscard]] std::int64_t integer(std::size_t column) const;
  [[nodiscard]] bool boolean(std::size_t column) const;
  [[nodiscard]] Instant instant(std::size_t column) const;
  [[nodiscard]] std::optional<Instant> instant_or_null(std::size_t column) const;
  [[nodiscard]] Uuid uuid(std::size_t column) const;
  [[nodiscard]] Bytes bytes(std::size_t column) const;  ///< bytea in its hex form
  [[nodiscard]] std::vector<std::string> texts(std::size_t column) const;  ///< text[]

 private:
  std::vector<std::optional<std::string>> columns_;
};

struct Rows {
  std::vector<Row> rows;
  std::int64_t affected = 0;  ///< Rows written, for INSERT, UPDATE and DELETE.

  [[nodiscard]] bool empty() const { return rows.empty(); }
  [[nodiscard]] std::size_t size() const { return rows.size(); }
  [[nodiscard]] const Row& front() const { return rows.front(); }
  [[nodiscard]] auto begin() const { return rows.begin(); }
  [[nodiscard]] auto end() const { return rows.end(); }
};

using Params = std::initializer_list<Param>;

/// What can run a statement: a Database by itself (each statement its own transaction) or an open
/// Transaction. Functions that work in both take this.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual Rows run(const Statement& statement, Params params) = 0;
};

/// What belongs to a commit: something to be said as the transaction's last statement, and
/// something to be done once it is over.
class CommitStep {
 public:
  virtual ~CommitStep() = default;
  /// The last thing in the transaction; throwing rolls it back.
  virtual void before_commit(Executor& executor) = 0;
  /// After the commit and before anybody is answered; also when nobody knows whether it happened.
  virtual void after_commit() noexcept = 0;
};

class Transaction : public Executor {
 public:
  /// At most one step; none at first.
  [[nodiscard]] CommitStep* commit_step() const { return step_.get(); }
  void set_commit_step(std::unique_ptr<CommitStep> step) { step_ = std::move(step); }

  /// Commit although the function returns a refusal: for refusals that are themselves a fact to
  /// keep, such as the revocation of rule R3.
  void commit_even_if_refused() { commit_refusal_ = true; }
  [[nodiscard]] bool commits_refusal() const { return commit_refusal_; }

 private:
  bool commit_refusal_ = false;
  std::unique_ptr<CommitStep> step_;
};

/// Where a test may make the database fail. Called with the statement's name before each statement,
/// and with "begin", "before_commit", "after_commit"; throwing from it is the fault.
using FaultHook = std::function<void(std::string_view point)>;

/// One worker's connection: opened at first use, opened again when it was lost. Not for use across
/// a fork or by two threads. The only place (with migrate) that sees libpqxx and its exceptions.
class Database final : public Executor {
 public:
  /// `url` is anything libpq takes. Timeouts, application name and search path are set by us
  /// through the connection's options, since those survive a reconnect.
  struct Options {
    std::string url;
    std::string application_name = "postern";
    std::chrono::milliseconds connect_timeout{3000};
    std::chrono::milliseconds statement_timeout{5000};
    bool plan_once = false;  ///< see connection_string.hpp
  };
  /// Connects to nothing yet. Throws DatabaseError for a url that libpq cannot parse.
  explicit Database(Options options);
  ~Database() override;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// One statement, its own transaction. A connection found dead before anything was sent is
  /// replaced and the statement sent once. Never resends what may have been executed. Not within a
  /// transaction of this Database: that is a defect, and throws DatabaseError.
  Rows run(const Statement& statement, Params params) override;

  /// Runs `work` in one READ COMMITTED transaction. A returned value commits, a returned refusal
  /// rolls back unless the transaction says otherwise, an exception rolls back. A serialization
  /// failure or deadlock runs `work` once more; a failure to commit throws DatabaseUnavailable, and
  /// the outcome is then unknown to us.
  template <class Work>
  auto transaction(Work&& work) -> std::invoke_result_t<Work&, Transaction&> {
    using R = std::invoke_result_t<Work&, Transaction&>;
    std::optional<R> result;
    run_transaction([&](Transaction& tx) {
      result.emplace(work(tx));
      return result->ok() || tx.commits_refusal();
    });
    return std::move(*result);
  }

  /// True when a statement answers now. Never throws.
  [[nodiscard]] bool reachable();
  /// The highest migration recorded in the database; 0 when there is none.
  [[nodiscard]] int schema_version();
  void close();
  void set_fault_hook_for_test(FaultHook hook);

 private:
  void run_transaction(const std::function<bool(Transaction&)>& work);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postern::domain
