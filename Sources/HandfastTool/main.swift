import HandfastCommands

await HandfastCommand.start()
