/** A process that is gone by the time its id is known. */

console.log(process.pid);
