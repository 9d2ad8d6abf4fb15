#include "tests/support/installation.hpp"

#include <fcntl.h>
#include <json/reader.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace postern::test {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File temporary() {
  File file(std::tmpfile(), &std::fclose);
  if (!file) throw std::runtime_error("no temporary file");
  return file;
}

std::string content_of(std::FILE* file) {
  std::string text;
  char part[4096];
  std::rewind(file);
  for (std::size_t got = 0; (got = std::fread(part, 1, sizeof part, file)) > 0;) {
    text.append(part, got);
  }
  return text;
}

/// One run under way.
class Run {
 public:
  Run(const Arguments& arguments, const CommandInput& input)
      : in_(temporary()), out_(temporary()), err_(temporary()) {
    std::fwrite(input.text.data(), 1, input.text.size(), in_.get());
    std::fflush(in_.get());
    std::rewind(in_.get());
    pid_ = fork();
    if (pid_ == 0) become(arguments, input);
  }

  CommandResult wait() {
    CommandResult result;
    int status = 0;
    waitpid(pid_, &status, 0);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.out = content_of(out_.get());
    result.err = content_of(err_.get());
    return result;
  }

 private:
  [[noreturn]] void become(const Arguments& arguments, const CommandInput& input) {
    setsid();
    dup2(fileno(in_.get()), STDIN_FILENO);
    dup2(fileno(out_.get()), STDOUT_FILENO);
    dup2(fileno(err_.get()), STDERR_FILENO);
    for (const auto& [name, value] : input.extra) setenv(name.c_str(), value.c_str(), 1);
    const char* binary = getenv("POSTERN_BINARY");
    if (binary == nullptr) _exit(99);
    std::vector<char*> words{const_cast<char*>(binary)};
    for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    execv(binary, words.data());
    _exit(99);
  }

  File in_, out_, err_;
  pid_t pid_ = -1;
};

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

}  // namespace

CommandResult run_postern(const Arguments& arguments, const CommandInput& input) {
  return Run(arguments, input).wait();
}

std::vector<CommandResult> run_postern_at_once(const std::vector<Arguments>& runs) {
  std::vector<std::unique_ptr<Run>> started;
  for (const auto& arguments : runs) {
    started.push_back(std::make_unique<Run>(arguments, CommandInput{}));
  }
  std::vector<CommandResult> results;
  for (auto& run : started) results.push_back(run->wait());
  return results;
}

Installation::Installation(const std::string& url, const std::string& owner_url) {
  std::string name = (std::filesystem::temp_directory_path() / "postern-XXXXXX").string();
  directory_ = mkdtemp(name.data());
  keys_["server.issuer"] = quoted("https://site.example");
  keys_["server.api.listen"] = quoted("unix:" + file("api.sock").string());
  keys_["server.gate.listen"] = quoted("unix:" + file("gate.sock").string());
  keys_["keys.master_key_file"] = quoted(master_key().string());
  keys_["database.url"] = quoted(url.empty() ? "host=/nonexistent user=x dbname=x" : url);
  if (!owner_url.empty()) keys_["database.owner_url"] = quoted(owner_url);
  write();
}

Installation::~Installation() {
  std::error_code error;
  std::filesystem::remove_all(directory_, error);
}

void Installation::set(const std::string& key, const std::string& value) {
  keys_[key] = value;
  write();
}

void Installation::write() const {
  std::string text;
  for (const auto& [key, value] : keys_) text += key + " = " + value + "\n";
  write_file(config(), text);
}

Arguments Installation::with_config(Arguments arguments) const {
  arguments.insert(arguments.begin(), {"--config", config().string()});
  return arguments;
}

CommandResult Installation::run(Arguments arguments, const CommandInput& input) const {
  return run_postern(with_config(std::move(arguments)), input);
}

Json::Value Installation::json(const Arguments& arguments, const Arguments& more) const {
  Arguments words = arguments;
  words.insert(words.end(), more.begin(), more.end());
  Json::Value value;
  std::istringstream(run(words).out) >> value;
  return value;
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

unsigned mode_of(const std::filesystem::path& file) {
  struct stat status {};
  return stat(file.c_str(), &status) == 0 ? status.st_mode & 07777U : 0U;
}

}  // namespace postern::test
