// What contracts and the API read from: one version of the whole state, by key. Three things implement it: the store at
// a seq ("as of"), the store's newest state, and an Overlay of unwritten changes over either. Keys are made by keys.hpp
// and hold no byte 0x00; values are the binary records of codec.hpp.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dengji::state {

class ReadView {
 public:
  virtual ~ReadView() = default;

  // The value at this version; nullopt if the key never was or was erased.
  virtual std::optional<std::string> get(std::string_view key) const = 0;

  // Every key that starts with `prefix` and is ≥ `from` (pass `prefix` to start at its first), ascending, with its
  // value; `visit` returns false to stop. `visit` must not write.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  virtual void scan(std::string_view prefix, std::string_view from, const Visit& visit) const = 0;
};

// Ordered, so that folding and hashing never depend on a hash seed. nullopt = erased.
using Writes = std::map<std::string, std::optional<std::string>, std::less<>>;

// Changes that are not yet in `base`. Committed ← batch overlay ← entry overlay; dropping an overlay drops its changes.
// Not thread-safe; `base` must outlive it.
class Overlay final : public ReadView {
 public:
  explicit Overlay(const ReadView& base) : base_(base) {}
  // An overlay on an overlay is made from it as a ReadView: a copy in its place would be a quiet mistake.
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  std::optional<std::string> get(std::string_view key) const override;
  void scan(std::string_view prefix, std::string_view from, const Visit& visit) const override;

  void put(std::string_view key, std::string value);
  void erase(std::string_view key);
  // Takes over the changes of an overlay that stands on this one.
  void absorb(const Writes& writes);
  // The same, their keys and values moved and not copied.
  void absorb(Writes&& writes);

  const Writes& writes() const { return writes_; }
  Writes take() { return std::move(writes_); }

 private:
  const ReadView& base_;
  Writes writes_;
};

// The changes of a batch's entries so far. They stay where their entries keep them; this only points there.
class BatchOverlay final : public ReadView {
 public:
  explicit BatchOverlay(const ReadView& base) : base_(base) {}
  BatchOverlay(const BatchOverlay&) = delete;
  BatchOverlay& operator=(const BatchOverlay&) = delete;

  std::optional<std::string> get(std::string_view key) const override;
  void scan(std::string_view prefix, std::string_view from, const Visit& visit) const override;

  // `writes` must keep its nodes for as long as this lives; the map itself may be moved.
  void add(const Writes& writes);

 private:
  const ReadView& base_;
  std::map<std::string_view, const std::optional<std::string>*> newest_;
};

}  // namespace dengji::state
