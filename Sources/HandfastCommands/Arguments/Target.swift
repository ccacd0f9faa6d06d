import ArgumentParser

/// Where to connect to: "host:port", "[::1]:port".
package struct Target: ExpressibleByArgument, CustomStringConvertible, Sendable {
  package let host: String
  package let port: Int

  package init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]),
      (1...65_535).contains(port)
    else { return nil }
    var host = argument[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, host.contains(":") == argument.hasPrefix("[") else { return nil }
    (self.host, self.port) = (String(host), port)
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
