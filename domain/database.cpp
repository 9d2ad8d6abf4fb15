#include "domain/database.hpp"

#include <poll.h>

#include <pqxx/pqxx>
#include <unordered_set>

#include "domain/connection_string.hpp"
#include "domain/sql_state.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr Statement kReachable{"reachable", R"sql(select 1)sql"};
constexpr Statement kHasMigrations{
    "has_migrations", R"sql(select to_regclass('postern.schema_migration') is not null)sql"};
constexpr Statement kSchemaVersion{
    "schema_version", R"sql(select coalesce(max(version), 0) from postern.schema_migration)sql"};

constexpr std::chrono::milliseconds kLongestLockWait{3000};

/// Ends a unit of work that was rolled back whole, so that it can be run once more.
struct TryAgain : DatabaseUnavailable {
  TryAgain(const std::string& text, bool is_defect)
      : DatabaseUnavailable(text), defect_if_repeated(is_defect) {}
  bool defect_if_repeated;
};

/// One connection and what was prepared on it.
struct Session {
  explicit Session(const std::string& conninfo) : connection(conninfo), quiet(connection) {
    // Deprecated without a replacement before libpqxx 7, which dropped the thing this turns off:
    // reconnecting in silence in the middle of our work.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
  }

  /// True when the server has something to say to an idle connection: that it is going, or gone.
  [[nodiscard]] bool has_news() const {
    pollfd socket{connection.sock(), POLLIN, 0};
    return socket.fd < 0 || poll(&socket, 1, 0) != 0;
  }

  void prepare(const Statement& statement) {
    if (prepared.contains(statement.text)) return;
    connection.prepare(statement.name, statement.text);
    prepared.insert(statement.text);
  }

  pqxx::connection connection;
  pqxx::quiet_errorhandler quiet;  // notices hold data; they go nowhere
  std::unordered_set<const char*> prepared;
};

template <class Type>
bool is(const pqxx::sql_error& error) {
  return dynamic_cast<const Type*>(&error) != nullptr;
}

/// libpqxx 6 drops the SQLSTATE of those errors that it has a type for.
std::string state_of(const pqxx::sql_error& error) {
  if (!error.sqlstate().empty()) return error.sqlstate();
  if (is<pqxx::insufficient_privilege>(error)) return "42501";
  if (is<pqxx::insufficient_resources>(error)) return "53000";
  if (is<pqxx::feature_not_supported>(error)) return "0A000";
  if (is<pqxx::invalid_sql_statement_name>(error)) return "26000";
  if (is<pqxx::syntax_error>(error)) return "42000";
  return "unknown state";
}

Rows read_rows(const pqxx::result& result) {
  Rows answer;
  answer.affected = static_cast<std::int64_t>(result.affected_rows());
  answer.rows.reserve(result.size());
  for (const pqxx::row& row : result) {
    std::vector<std::optional<std::string>> columns;
    columns.reserve(row.size());
    for (const pqxx::field& field : row) {
      if (field.is_null()) {
        columns.emplace_back();
      } else {
        columns.emplace_back(std::in_place, field.c_str(), field.size());
      }
    }
    answer.rows.emplace_back(std::move(columns));
  }
  return answer;
}

}  // namespace

struct Database::Impl {
  explicit Impl(const Options& options)
      : conninfo(connection_string(
            options.url,
            {options.application_name, options.connect_timeout, options.statement_timeout,
             std::min(options.statement_timeout, kLongestLockWait), options.plan_once})) {}

  void fault(std::string_view point) const {
    if (hook) hook(point);
  }

  void refuse_nesting(const char* name) const {
    if (in_transaction)
      throw DatabaseError(std::string(name) + " beside the open transaction of its connection");
  }

  /// A connection that, as far as can be seen from here, works.
  Session& connected() {
    if (session && !lost && session->connection.is_open() && !session->has_news()) return *session;
    session.reset();
    lost = false;
    try {
      session = std::make_unique<Session>(conninfo);
    } catch (const pqxx::pqxx_exception& failure) {
      // The first line names host, database and cause, as configured; libpq keeps passwords out.
      const std::string_view text = failure.base().what();
      throw DatabaseUnavailable("cannot connect: " +
                                printable_excerpt(text.substr(0, text.find('\n')), 200));
    }
    return *session;
  }

  /// Says what the pqxx exception in flight means, without its text: that holds data.
  [[noreturn]] void translate(const std::string& name) {
    try {
      throw;
    } catch (const pqxx::sql_error& error) {
      fail(classify(state_of(error)), state_of(error) + " in " + name);
    } catch (const pqxx::in_doubt_error&) {
      fail(Failure::Gone, "outcome unknown of " + name);
    } catch (const pqxx::statement_completion_unknown&) {
      fail(Failure::Gone, "outcome unknown of " + name);
    } catch (const pqxx::transaction_rollback&) {
      fail(Failure::Conflict, "40 in " + name);
    } catch (const pqxx::broken_connection&) {
      fail(Failure::Gone, "connection lost in " + name);
    } catch (const pqxx::pqxx_exception&) {
      fail(Failure::Defect, "misuse of the client library in " + name);
    }
  }

  [[noreturn]] void fail(Failure failure, const std::string& text) {
    switch (failure) {
      case Failure::Conflict:
        throw TryAgain(text, false);
      case Failure::StalePlan:
        lost = true;
        throw TryAgain(text, true);
      case Failure::Gone:
        lost = true;
        throw DatabaseUnavailable(text);
      case Failure::Unavailable:
        throw DatabaseUnavailable(text);
      case Failure::Defect:
        break;
    }
    throw DatabaseError(text);
  }

  Rows execute(pqxx::transaction_base& transaction, const Statement& statement, Params params) {
    std::vector<const char*> values;
    values.reserve(params.size());
    for (const Param& param : params)
      values.push_back(param.text() ? param.text()->c_str() : nullptr);
    try {
      session->prepare(statement);
      return read_rows(
          transaction.exec_prepared(statement.name, pqxx::prepare::make_dynamic_params(values)));
    } catch (const pqxx::pqxx_exception&) {
      translate(statement.name);
    }
  }

  /// Opens a transaction. Nothing has been done when that fails, so a connection that broke unseen
  /// is replaced once.
  std::unique_ptr<pqxx::work> begin() {
    try {
      return std::make_unique<pqxx::work>(connected().connection);
    } catch (const pqxx::pqxx_exception&) {
      lost = true;
    }
    try {
      return std::make_unique<pqxx::work>(connected().connection);
    } catch (const pqxx::pqxx_exception&) {
      translate("begin");
    }
  }

  void commit(pqxx::work& transaction) {
    try {
      transaction.commit();
    } catch (const pqxx::pqxx_exception&) {
      translate("commit");
    }
  }

  void rollback(pqxx::work& transaction) {
    try {
      transaction.abort();
    } catch (const pqxx::pqxx_exception&) {
      lost = true;  // the server rolls back by itself
    }
  }

  void attempt(const std::function<bool(Transaction&)>& work);

  /// Runs a unit of work, and once more if that was rolled back for a reason that passes.
  template <class Work>
  auto twice(Work work) {
    try {
      return work();
    } catch (const TryAgain&) {
    }
    try {
      return work();
    } catch (const TryAgain& again) {
      if (again.defect_if_repeated) throw DatabaseError(again.what());
      throw DatabaseUnavailable(again.what());
    }
  }

  std::string conninfo;
  std::unique_ptr<Session> session;
  bool lost = false;  ///< to be replaced before the next unit of work
  bool in_transaction = false;
  FaultHook hook;
};

namespace {

/// Set while a transaction is open, whichever way it is left.
class Flag {
 public:
  explicit Flag(bool& flag) : flag_(flag) { flag_ = true; }
  ~Flag() { flag_ = false; }
  Flag(const Flag&) = delete;
  Flag& operator=(const Flag&) = delete;

 private:
  bool& flag_;
};

class OpenTransaction final : public Transaction {
 public:
  using Execute = std::function<Rows(const Statement&, Params)>;
  explicit OpenTransaction(Execute execute) : execute_(std::move(execute)) {}

  Rows run(const Statement& statement, Params params) override {
    failed_ = true;  // until it has not
    Rows rows = execute_(statement, params);
    failed_ = false;
    return rows;
  }
  /// PostgreSQL answers COMMIT after a failed statement with a silent rollback.
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  Execute execute_;
  bool failed_ = false;
};

/// Done in whichever way the commit is left: an outcome that is unknown may be one.
class AfterCommit {
 public:
  explicit AfterCommit(CommitStep* step) : step_(step) {}
  ~AfterCommit() {
    if (step_ != nullptr) step_->after_commit();
  }
  AfterCommit(const AfterCommit&) = delete;
  AfterCommit& operator=(const AfterCommit&) = delete;

 private:
  CommitStep* step_;
};

}  // namespace

void Database::Impl::attempt(const std::function<bool(Transaction&)>& work) {
  fault("begin");
  const auto transaction = begin();
  const Flag flag(in_transaction);
  OpenTransaction open([&](const Statement& statement, Params params) {
    fault(statement.name);
    return execute(*transaction, statement, params);
  });
  if (!work(open)) {
    rollback(*transaction);
    return;
  }
  if (open.failed()) throw DatabaseError("commit after a statement that failed");
  if (auto* step = open.commit_step()) step->before_commit(open);
  fault("before_commit");
  const AfterCommit after(open.commit_step());
  commit(*transaction);
  fault("after_commit");
}

Database::Database(Options options) : impl_(std::make_unique<Impl>(options)) {}
Database::~Database() = default;

Rows Database::run(const Statement& statement, Params params) {
  impl_->refuse_nesting(statement.name);
  return impl_->twice([&] {
    impl_->fault(statement.name);
    pqxx::nontransaction transaction(impl_->connected().connection);
    return impl_->execute(transaction, statement, params);
  });
}

void Database::run_transaction(const std::function<bool(Transaction&)>& work) {
  impl_->refuse_nesting("begin");
  impl_->twice([&] { impl_->attempt(work); });
}

bool Database::reachable() {
  try {
    return run(kReachable, {}).size() == 1;
  } catch (const std::exception&) {
    return false;
  }
}

int Database::schema_version() {
  if (!run(kHasMigrations, {}).front().boolean(0)) return 0;
  return static_cast<int>(run(kSchemaVersion, {}).front().integer(0));
}

void Database::close() {
  impl_->session.reset();
}

void Database::set_fault_hook_for_test(FaultHook hook) {
  impl_->hook = std::move(hook);
}

}  // namespace postern::domain
