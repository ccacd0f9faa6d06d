import ArgumentParser
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// When to use colour.
package enum ColourChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
  case auto
  case always
  case never
}

/// What standard output leads to.
struct Terminal: Sendable {
  let isInteractive: Bool
  /// In columns.
  let width: Int
  let usesColour: Bool

  /// Width and colour as asked for; otherwise as the terminal is. Colour is for terminals, and not where NO_COLOR is set to
  /// anything at all (no-color.org) or the terminal calls itself dumb.
  init(width: Int?, colour: ColourChoice, environment: [String: String] = ProcessInfo.processInfo.environment) {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    isInteractive = isTerminal && isatty(STDIN_FILENO) == 1
    self.width = width ?? (isTerminal ? Self.measuredWidth(environment) : 80)
    usesColour = Self.usesColour(colour, isTerminal: isTerminal, environment)
  }

  /// Standard error, for those who only write to it.
  init(standardError: Void, environment: [String: String] = ProcessInfo.processInfo.environment) {
    let isTerminal = isatty(STDERR_FILENO) == 1
    isInteractive = false
    width = isTerminal ? Self.measuredWidth(environment) : 100
    usesColour = Self.usesColour(.auto, isTerminal: isTerminal, environment)
  }

  /// A file.
  init(width: Int) {
    isInteractive = false
    self.width = width
    usesColour = false
  }

  static func usesColour(_ choice: ColourChoice, isTerminal: Bool, _ environment: [String: String]) -> Bool {
    switch choice {
    case .always: true
    case .never: false
    case .auto: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
  }

  /// Asks `stty`, since asking the kernel takes a pointer. COLUMNS goes first, as everywhere.
  private static func measuredWidth(_ environment: [String: String]) -> Int {
    if let columns = environment["COLUMNS"].flatMap(Int.init), columns > 0 { return columns }
    guard let terminal = FileHandle(forReadingAtPath: "/dev/tty") else { return 80 }
    let stty = Process()
    stty.executableURL = URL(filePath: "/usr/bin/env")
    stty.arguments = ["stty", "size"]
    stty.standardInput = terminal
    let pipe = Pipe()
    stty.standardOutput = pipe
    stty.standardError = FileHandle.nullDevice
    guard (try? stty.run()) != nil else { return 80 }
    let answer = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
    stty.waitUntilExit()
    let columns = String(decoding: answer, as: UTF8.self).split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) }
    return columns.flatMap { $0 > 0 ? $0 : nil } ?? 80
  }

  /// Waits for Return. False: the reader has had enough ("q", or the end of input).
  func waitForKey() -> Bool {
    write("── Return: the next step · q and Return: enough ── ")
    guard let line = readLine() else { return false }
    // The prompt goes, and the story stays whole.
    write("\u{1b}[1A\r\u{1b}[2K")
    return !line.lowercased().hasPrefix("q")
  }

  /// False when nobody reads any more.
  @discardableResult func write(_ text: String) -> Bool {
    (try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))) != nil
  }
}
