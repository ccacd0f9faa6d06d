// BoringSSL's BoGo runner starts this program once for each test, and says by flags what connection to make with it.
// See docs/Manual/conformance.md.

import Foundation

func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

do {
  let options = try CommandLineOptions(Array(CommandLine.arguments.dropFirst()))
  if options.initial.isHandshakerAsked {
    print("No")
    exit(0)
  }
  try run(options)
} catch let error as Unimplemented {
  say("not implemented: \(error)")
  exit(89)
} catch {
  for line in errorLines(error) { say(line) }
  exit(1)
}
