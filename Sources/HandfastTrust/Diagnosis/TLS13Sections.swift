/// Where TLS 1.3 says what TLS 1.2 says too. Most faults are the same in both, and so are their explanations; the rule that is cited is
/// the one of the version that was spoken.
enum TLS13Sections {
  /// Sections of RFC 5246 and their successors in RFC 9846; the longer number before its beginning.
  private static let successors: [(old: String, new: String)] = [
    ("§6.2.1 (empty fragments), §7.4.1.1 (HelloRequest)", "§5.1 (empty fragments), §4.7.3 (KeyUpdate)"),
    ("§7.4.3 and §7.4.8", "§4.5.2"), ("§7.4.2 and §7.4.6", "§4.5.1"), ("§7.4.1.4.1", "§4.3.3"), ("§7.4.1.4", "§4.3"),
    ("§7.4.1.3", "§4.2.3"), ("§7.4.1.2", "§4.2.2"), ("§7.4.2", "§4.5.1"), ("§7.4.3", "§4.2.3"), ("§7.4.4", "§4.4.2"),
    ("§7.4.6", "§4.5.1"), ("§7.4.8", "§4.5.2"), ("§7.4.9", "§4.5.3"), ("§7.4", "§4"), ("§7.3", "§2"),
    ("§7.2.2", "§6.2"), ("§7.2.1", "§6.1"), ("§7.2", "§6"), ("§7.1", "§5"), ("§6.2.3.3", "§5.2"), ("§6.2.3", "§5.2"),
    ("§6.2.1", "§5.1"), ("§E.1", "§4.3.1"), ("§6", "§5"),
  ]

  /// The rule as TLS 1.3 has it; one that is not TLS 1.2's alone stays as it is.
  static func rule(_ rule: String) -> String {
    guard let range = rule.firstRange(of: "RFC 5246 ") else { return rule }
    let rest = rule[range.upperBound...]
    guard let section = successors.first(where: { rest.hasPrefix($0.old) }) else { return rule }
    return rule[..<range.lowerBound] + "RFC 9846 " + section.new + rest.dropFirst(section.old.count)
  }
}
