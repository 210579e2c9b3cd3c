Console.WriteLine("This program is started by nobody here: a worker loads its methods.");
