#include "fcgi/pid_file.hpp"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace postern::fcgi {

PidFile::PidFile(std::string path)
    : path_(std::move(path)), text_(std::to_string(getpid()) + "\n") {
  if (path_.empty()) return;
  const std::string draft = path_ + ".new";
  std::ofstream file(draft, std::ios::trunc);
  file << text_ << std::flush;
  if (!file || std::rename(draft.c_str(), path_.c_str()) != 0) {
    unlink(draft.c_str());
    throw std::runtime_error("cannot write the pid file " + path_);
  }
}

PidFile::~PidFile() {
  if (path_.empty() || text_ != std::to_string(getpid()) + "\n") return;
  std::ifstream file(path_);
  std::string found;
  if (std::getline(file, found) && found + "\n" == text_) unlink(path_.c_str());
}

}  // namespace postern::fcgi
