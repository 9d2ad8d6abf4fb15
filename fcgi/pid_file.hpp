#pragma once

#include <string>

namespace postern::fcgi {

/// A file with this process's id. Appears whole (written beside and renamed) and is removed by the
/// process that wrote it, as long as it is still its own. An empty path does nothing. Throws
/// std::runtime_error naming the path.
class PidFile {
 public:
  explicit PidFile(std::string path);
  ~PidFile();
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;

 private:
  std::string path_;
  std::string text_;
};

}  // namespace postern::fcgi
