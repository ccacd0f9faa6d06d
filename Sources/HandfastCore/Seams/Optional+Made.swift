extension Optional {
  /// What is there, or else what `make` makes, which is there from then on.
  @inlinable package mutating func made(by make: () -> Wrapped) -> Wrapped {
    if let self { return self }
    let value = make()
    self = value
    return value
  }
}
