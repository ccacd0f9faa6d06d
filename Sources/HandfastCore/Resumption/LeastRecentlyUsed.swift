/// A dictionary of bounded size: what was neither read nor written for longest makes room. Each operation takes constant time.
///
/// Inlinable, so that other modules compile it for their own keys and values: without that each access looks their types up at run time,
/// at several times its cost. That Swift 6.3 does for public declarations, but not for `package`; so this one is public, to whoever
/// imports it as the house's own.
@_spi(Handfast) public struct LeastRecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  /// The neighbours in a list by use, by their places.
  @usableFromInline struct Links: Sendable {
    @usableFromInline var older: Int?
    @usableFromInline var newer: Int?

    @inlinable init() {}
  }
  @usableFromInline let limit: Int
  @usableFromInline var indices: [Key: Int] = [:]
  /// Keys, values and links stand at the same place each; a free place has neither key nor value.
  @usableFromInline var storedKeys: [Key?] = []
  @usableFromInline var values: [Value?] = []
  @usableFromInline var links: [Links] = []
  @usableFromInline var free: [Int] = []
  @usableFromInline var oldest: Int?
  @usableFromInline var newest: Int?

  @inlinable public init(limit: Int) { self.limit = max(limit, 1) }

  public var count: Int { indices.count }
  /// In no order.
  public var keys: [Key] { Array(indices.keys) }

  /// Reading is use.
  @inlinable public subscript(key: Key) -> Value? {
    mutating get {
      guard let index = indices[key] else { return nil }
      unlink(index)
      link(index)
      return values[index]
    }
  }

  /// Changes the value of `key` where it lies; nil, without calling `change`, when there is none. That is use.
  @inlinable public mutating func change<R>(_ key: Key, _ change: (inout Value) -> R) -> R? {
    // Where there is a key there is a value.
    guard let index = indices[key], values[index] != nil else { return nil }
    unlink(index)
    link(index)
    return change(&values[index]!)
  }

  @inlinable public mutating func set(_ value: Value, for key: Key) {
    if let index = indices[key] {
      values[index] = value
      unlink(index)
      link(index)
      return
    }
    if indices.count >= limit, let oldest, let key = storedKeys[oldest] { remove(key) }
    let index = free.popLast() ?? values.count
    if index == values.count {
      storedKeys.append(key)
      values.append(value)
      links.append(Links())
    } else {
      storedKeys[index] = key
      values[index] = value
    }
    indices[key] = index
    link(index)
  }

  @inlinable public mutating func remove(_ key: Key) {
    guard let index = indices.removeValue(forKey: key) else { return }
    unlink(index)
    storedKeys[index] = nil
    values[index] = nil
    free.append(index)
  }

  /// Puts a place at the list's newest end.
  @inlinable mutating func link(_ index: Int) {
    links[index].older = newest
    links[index].newer = nil
    if let newest { links[newest].newer = index } else { oldest = index }
    newest = index
  }

  @inlinable mutating func unlink(_ index: Int) {
    let (older, newer) = (links[index].older, links[index].newer)
    if let older { links[older].newer = newer } else { oldest = newer }
    if let newer { links[newer].older = older } else { newest = older }
  }
}
